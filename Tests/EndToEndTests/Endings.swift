import TestKit
import Testing

extension ChildProcess {
    /// Expects that it ended well.
    func expectSuccess(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let exit = try waitForExit(by: .seconds(30))
        #expect(exit == .status(0), "\(output)\(errorOutput)", sourceLocation: sourceLocation)
    }

    /// Expects that it ended with `status`, after one sentence on standard error that names each of `words`.
    func expectRefusal(
        status: Int32, naming words: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let exit = try waitForExit(by: .seconds(30))
        #expect(exit == .status(status), "\(errorOutput)", sourceLocation: sourceLocation)
        #expect(errorLines.count == 1, "not one sentence: \(errorOutput)", sourceLocation: sourceLocation)
        for word in words {
            #expect(errorOutput.contains(word), "'\(word)' is not named", sourceLocation: sourceLocation)
        }
        #expect(!errorOutput.contains("Fatal error"), sourceLocation: sourceLocation)
    }
}

extension HostProcess {
    /// Expects that it refused to start.
    func expectRefusal(
        status: Int32, naming words: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try process.expectRefusal(status: status, naming: words, sourceLocation: sourceLocation)
    }
}
