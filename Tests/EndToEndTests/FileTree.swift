import Foundation
import TestKit

/// Files that a test looks at behind a host's back.
enum FileTree {
    /// The paths of all files below a folder.
    static func files(below folder: String) throws -> [String] {
        guard let names = FileManager.default.enumerator(atPath: folder) else {
            throw TestFailure("no folder '\(folder)'")
        }
        return names.compactMap { ($0 as? String).map { folder + "/" + $0 } }
    }

    /// Changes one bit in the middle of a file.
    static func flipBit(in path: String) throws {
        let file = try FileHandle(forUpdating: URL(filePath: path))
        defer { file.closeFile() }
        let middle = try file.seekToEnd() / 2
        try file.seek(toOffset: middle)
        guard let byte = try file.read(upToCount: 1)?.first else { throw TestFailure("'\(path)' is empty") }
        try file.seek(toOffset: middle)
        try file.write(contentsOf: Data([byte ^ 0x10]))
    }
}
