import TestKit
import Testing

extension EndToEnd {
    /// The watchman is watched first: a stand-in for a host keeps or breaks its promise, and the library must tell.
    @Suite("the fault library")
    struct FaultLibraryTests {
        private static func probe(
            _ mode: String, _ numbers: [Int], _ prepare: (FaultPage) -> Void = { _ in }
        ) throws -> (answers: [Substring], faults: FaultPage) {
            let (folder, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
            let faults = try FaultPage(in: elsewhere)
            faults.watchPromises()
            prepare(faults)
            let probe = try ChildProcess(
                Products.path(of: "FaultProbe"), [folder.path, mode] + numbers.map(String.init),
                environment: faults.environment(for: folder.path))
            try probe.expectSuccess()
            #expect(faults.loads == 1)
            return (probe.output.split(separator: "\n"), faults)
        }

        private static let kept = Substring("HTTP/1.1 204")
        private static let refused = Substring("HTTP/1.1 503")

        @Test("a host that syncs before it answers breaks no promise")
        func honest() async throws {
            try await OwnThread.run {
                let (answers, faults) = try Self.probe("honest", [1, 2, 3])
                #expect(answers == [Self.kept, Self.kept, Self.kept])
                #expect(faults.promisesChecked == 3)
                #expect(faults.promisesBroken == 0)
                #expect(faults.syncs == 3)
            }
        }

        @Test(
            "a host that answers before the sync, or without one, is caught at each answer",
            arguments: ["hasty", "forgetful"])
        func dishonest(mode: String) async throws {
            try await OwnThread.run {
                let (answers, faults) = try Self.probe(mode, [7, 8])
                #expect(answers == [Self.kept, Self.kept])
                #expect(faults.promisesChecked == 2)
                #expect(faults.promisesBroken == 2)
                #expect(faults.firstBroken == 7)
            }
        }

        @Test("a sync that fails holds nothing")
        func failedSync() async throws {
            try await OwnThread.run {
                let (answers, faults) = try Self.probe("honest", [1]) { $0.failSyncs(true) }
                #expect(answers == [Self.refused])
                #expect(faults.faults == 1)
                #expect(faults.promisesRefused == 1)
                #expect(faults.promisesChecked == 0)
            }
        }

        @Test("a disk fills up in the middle of a write")
        func fullDisk() async throws {
            try await OwnThread.run {
                // A record is 19 bytes: the first fits, the second is cut short, the third finds no room at all.
                let (answers, faults) = try Self.probe("honest", [1, 2, 3]) { $0.limitDisk(to: 30) }
                #expect(answers == [Self.kept, Self.refused, Self.refused])
                #expect(faults.promisesBroken == 0)
                #expect(faults.faults == 1)
            }
        }

        @Test("files of another folder meet no faults")
        func otherFolder() async throws {
            try await OwnThread.run {
                let (folder, watched) = (try TemporaryFolder(), try TemporaryFolder())
                let faults = try FaultPage(in: folder)
                faults.limitDisk(to: 0)
                faults.failSyncs(true)
                let probe = try ChildProcess(
                    Products.path(of: "FaultProbe"), [folder.path, "honest", "1"],
                    environment: faults.environment(for: watched.path))
                try probe.expectSuccess()
                #expect(probe.output == "\(Self.kept)\n")
                #expect(faults.faults == 0)
            }
        }
    }
}
