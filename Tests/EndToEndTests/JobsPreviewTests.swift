import TestKit
import Testing

extension EndToEnd {
    @Suite("mainspring jobs preview")
    struct JobsPreviewTests {
        private static func run(_ arguments: [String]) throws -> ChildProcess {
            try ChildProcess(Products.path(of: "mainspring"), ["jobs", "preview"] + arguments)
        }

        @Test("a table for a person, JSON for a script, without a host")
        func shown() async throws {
            try await OwnThread.run {
                let start = ["--from", "2026-11-24T12:00:00Z", "--count", "2"]
                let table = try Self.run(["@daily"] + start)
                try table.expectSuccess()
                #expect(table.output.contains("in 12 h"), "\(table.output)")
                let json = try Self.run(["0 30 9 * * *", "--zone", "Europe/Berlin", "--json"] + start)
                try json.expectSuccess()
                #expect(
                    json.output.contains(
                        #"{"planned":"2026-11-25T08:30:00Z","local":"2026-11-25T09:30:00+01:00","#))
            }
        }

        @Test(
            "what a host would refuse is refused in the same words, with status 2",
            arguments: [
                (["* * * * *"], "expected exactly 6 fields"), (["0 0 0 30 2 *"], "never matches"),
                (["@daily", "--zone", "Mars/Base"], "Mars/Base"), (["@daily", "--count", "0"], "--count"),
                (["@daily", "--from", "soon"], "--from"),
            ] as [([String], String)])
        func refused(words: [String], naming: String) async throws {
            try await OwnThread.run {
                try Self.run(words).expectRefusal(status: 2, naming: [naming])
            }
        }
    }
}
