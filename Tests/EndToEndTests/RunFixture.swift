import Glibc
import TestKit
import Testing

/// A folder with a run in it: `mainspring run`, as a person types it there.
final class RunFixture: Sendable {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Starts a run; nothing of the test's own environment but the path comes with it.
    func start(_ words: [String], environment: [String: String] = [:]) throws -> ChildProcess {
        let path = try #require(unsafe getenv("PATH").map { unsafe String(cString: $0) })
        return try ChildProcess(
            Products.path(of: "mainspring"), ["run"] + words,
            environment: ["PATH": path, "HOME": folder.path].merging(environment) { $1 }, folder: folder.path)
    }

    /// Writes a template of shell scripts, by app id, with fields for each, and folders of their names; starts a run of it.
    func start(_ apps: [(id: String, script: String, fields: [String])], words: [String] = []) throws
        -> ChildProcess
    {
        try writeTemplate(apps)
        return try start(["-f", "."] + words)
    }

    func writeTemplate(_ apps: [(id: String, script: String, fields: [String])]) throws {
        var text = "version: 1\napps:\n"
        for app in apps {
            try folder.makeFolder(app.id)
            try folder.write(app.script, to: "\(app.id)/app.sh")
            text += "  - appID: \(app.id)\n    appDirPath: ./\(app.id)\n    command: [sh, app.sh]\n"
            for field in app.fields { text += "    \(field)\n" }
        }
        try folder.write(text, to: "dapr.yaml")
    }

    /// The lines of the only file whose name has this in it, among an app's logs.
    func log(of appID: String, _ kind: String) throws -> [String] {
        let files = try FileTree.files(below: folder.path(of: "\(appID)/.dapr/logs")).filter {
            $0.contains("/\(appID)_\(kind)_")
        }
        try #require(files.count == 1, "\(files)")
        return try TemporaryFolder.read(files[0]).split(separator: "\n").map(String.init)
    }
}

extension ChildProcess {
    /// The lines on standard output.
    var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

    /// What one app printed, without the prefix.
    func lines(of appID: String) -> [String] {
        let prefix = "== APP - \(appID) == "
        return lines.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }

    /// Ends a run as Ctrl-C does, which must go well.
    func interrupt(sourceLocation: SourceLocation = #_sourceLocation) throws {
        send(SIGINT)
        try expectSuccess(sourceLocation: sourceLocation)
    }
}
