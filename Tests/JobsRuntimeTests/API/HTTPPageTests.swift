import Glibc
import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("docs/http-api.md and the router are one")
struct HTTPPageTests {
    @Test("every route has its row, and there is no other")
    func routes() throws {
        let page = try Self.page()
        let rows = page.split(separator: "\n").compactMap { line -> String? in
            guard line.hasPrefix("| `"), let end = line.dropFirst(3).firstIndex(of: "`") else { return nil }
            let cell = line[line.index(line.startIndex, offsetBy: 3)..<end]
            return cell.contains(" /") ? String(cell) : nil
        }
        let harness = try JobsHarness()
        let routers = APIRouters(
            app: harness.app, jobs: harness.jobs, on: harness.loopParts, access: APIAccess(),
            host: APIRouters.Host())
        let routes = routers.api.table.map { "\("\($0.method)".uppercased()) \($0.pattern)" }
        #expect(rows.sorted() == routes.sorted())
    }

    @Test("every error code of our own routes and every state is described")
    func words() throws {
        let page = try Self.page()
        for code in [
            "MAINSPRING_BAD_PARAMETER", "MAINSPRING_JOB_NOT_FOUND", "MAINSPRING_TOO_MANY_LISTENERS",
            "MAINSPRING_BUSY", "MAINSPRING_STORE",
        ] {
            #expect(page.contains("| `\(code)` |"), "\(code)")
        }
        for state in JobStanding.allCases { #expect(page.contains("| `\(state.rawValue)` |"), "\(state)") }
    }

    private static func page() throws -> String {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        guard let file = unsafe fopen("/\(root)/docs/http-api.md", "r") else {
            throw TestFailure("docs/http-api.md cannot be read")
        }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = unsafe fgetc(file), byte != EOF { bytes.append(UInt8(byte)) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
