import AppRun
import Glibc
import Reactor
import TestKit

/// A group of real apps on a real loop, and what is printed of them.
final class RunHarness {
    let group: AppGroup
    let folder: TemporaryFolder
    let output: LineQueue
    let errors: LineQueue
    private let loop: EventLoop

    init(endsWithApp: Bool = true) throws {
        folder = try TemporaryFolder()
        output = LineQueue(descriptor: try Self.create(folder.path(of: "output")))
        errors = LineQueue(descriptor: try Self.create(folder.path(of: "errors")))
        loop = try EventLoop()
        group = AppGroup(
            on: loop, console: AppConsole(output: output, errors: errors), endsWithApp: endsWithApp)
    }

    static func create(_ path: String) throws -> Int32 {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TestFailure("cannot write '\(path)': errno \(errno)") }
        return descriptor
    }

    /// A shell script as an app.
    func plan(_ script: String, appID: String = "app") throws -> AppPlan {
        try plan(["sh", "-c", script], appID: appID)
    }

    func plan(_ command: [String], appID: String = "app") throws -> AppPlan {
        var plan = AppPlan(
            appID: appID, command: command, folder: folder.path, environment: ["PATH": "/usr/bin:/bin"],
            log: AppLog(appID: appID, console: output, file: nil, usesColour: true))
        plan.keeper = try Products.path(of: "mainspring")
        return plan
    }

    /// Ends the apps and the loop.
    func end() async {
        await group.stop()
        await group.close()
        loop.shutdown()
        output.flush()
        errors.flush()
    }

    /// What was printed so far, up to the last line's end.
    func printed(_ name: String = "output") throws -> [[UInt8]] {
        var lines = try TemporaryFolder.bytes(folder.path(of: name)).split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map(Array.init)
    }

    func text(_ name: String = "output") throws -> [String] {
        try printed(name).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Whether a process of this number runs; one that has ended and waits to be taken note of does not.
func runs(_ id: Int32) -> Bool {
    guard let stat = try? TemporaryFolder.read("/proc/\(id)/stat"), let end = stat.lastIndex(of: ")") else {
        return false  // there is no such process
    }
    return !stat[end...].hasPrefix(") Z")
}
