import Foundation
import FuzzTargets
import TestKit
import Testing

@Suite("Fuzzing: what was found once stays mended")
struct CorpusTests {
    @Test("every saved input keeps the target's properties", arguments: FuzzTarget.allCases)
    func corpus(target: FuzzTarget) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fuzz/corpus/\(target.rawValue)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(!files.isEmpty)
        for file in files {
            let input = Array(try Data(contentsOf: file))
            unsafe input.withUnsafeBytes { unsafe target.run($0) }
        }
    }

    @Test("inputs made at random keep the properties too", arguments: FuzzTarget.allCases)
    func random(target: FuzzTarget) {
        var random = SeededRandom(seed: Seed.make("random inputs of \(target.rawValue)"))
        for _ in 0..<500 {
            let input = (0..<Int.random(in: 0..<96, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            unsafe input.withUnsafeBytes { unsafe target.run($0) }
        }
    }
}
