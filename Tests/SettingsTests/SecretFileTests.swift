internal import Glibc
import Settings
import TestKit
import Testing

@Suite("files with secrets")
struct SecretFileTests {
    private static func refusal(_ path: String) -> String {
        let error = #expect(throws: SettingsError.self) { try SecretFile.read(path) }
        return error.map(String.init(describing:)) ?? ""
    }

    private static func file(_ folder: TemporaryFolder, _ text: String, mode: UInt32) throws -> String {
        let path = try folder.write(text, to: "token")
        #expect(unsafe chmod(path, mode) == 0)
        return path
    }

    @Test(
        "a secret is the file's text without the end of its line",
        arguments: ["s3cret", "s3cret\n", "s3cret\r\n"])
    func secret(text: String) throws {
        let folder = try TemporaryFolder()
        #expect(try SecretFile.read(try Self.file(folder, text, mode: 0o600)) == "s3cret")
        #expect(try SecretFile.read(try Self.file(folder, text, mode: 0o440)) == "s3cret")
    }

    @Test("a file that everybody can read or write is refused", arguments: [0o644, 0o602, 0o604] as [UInt32])
    func open(mode: UInt32) throws {
        let folder = try TemporaryFolder()
        let path = try Self.file(folder, "s3cret", mode: mode)
        let sentence = Self.refusal(path)
        #expect(sentence.contains("is open to everybody (mode \(String(mode, radix: 8))): chmod 600 \(path)"))
        #expect(!sentence.contains("s3cret"))
    }

    @Test("a file that is missing, empty, too long or none is told so")
    func broken() throws {
        let folder = try TemporaryFolder()
        #expect(Self.refusal(folder.path(of: "none")).contains("cannot be read: No such file"))
        #expect(Self.refusal(folder.path).contains("is no file"))
        #expect(Self.refusal(try Self.file(folder, "\n", mode: 0o600)).contains("is empty"))
        let longest = String(repeating: "x", count: SecretFile.maximumBytes)
        #expect(try SecretFile.read(try Self.file(folder, longest, mode: 0o600)) == longest)
        let sentence = Self.refusal(try Self.file(folder, longest + "x", mode: 0o600))
        #expect(sentence.contains("more than \(SecretFile.maximumBytes) bytes"))
    }
}
