internal import Glibc
import TestKit
import Testing

extension EndToEnd {
    /// The embedding example.
    @Suite("the demo")
    struct DemoTests {
        @Test("the story is played to its end, and all of it happens")
        func story() async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let demo = try ChildProcess(
                    Products.path(of: "DemoHost"), ["--story"], environment: ["TMPDIR": folder.path],
                    folder: folder.path)
                let exit = try demo.waitForExit(by: .seconds(60))
                #expect(exit == .status(0), "\(demo.output)\(demo.errorOutput)")
                for text in [
                    "curl", "/jobs/r2-d2", "/jobs/c-3po", "/jobs/bb-8",
                    "Received job request...", "Starting droid: R2-D2",
                    "Executing maintenance job: Oil Change",
                    "Starting droid: C-3PO", "Executing maintenance job: Limb Calibration",
                    "job not found: bb-8", "SIGKILL",
                ] {
                    #expect(demo.output.contains(text), "'\(text)' is missing")
                }
                #expect(!demo.output.contains("Starting droid: BB-8"), "a deleted job ran")
                #expect(try FileTree.files(below: folder.path).isEmpty, "the demo left something behind")
            }
        }
    }
}
