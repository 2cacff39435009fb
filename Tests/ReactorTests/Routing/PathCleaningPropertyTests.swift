import Reactor
import TestKit
import Testing

@Suite("path cleaning against Go's path.Clean")
struct PathCleaningPropertyTests {
    /// What Go's `path.Clean` makes of a rooted path, as segments, by its documentation.
    private static func cleaned(_ path: String) -> [String] {
        var segments: [String] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." { _ = segments.popLast() } else { segments.append(String(segment)) }
        }
        return segments
    }

    @Test("random paths are routed by the segments that are left of them", arguments: SeededGenerator.seeds)
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let harness = HTTPHarness()
        let router = Router(
            fallback: { _, _ in .respond(.text(status: 404, "fallback")) },
            bodyRefusal: { _ in .text(status: 400, "too large") })
        let patterns: [StaticString] = ["/", "/{a}", "/{a}/{b}", "/{a}/{b}/{c}", "/{a}/{b}/{c}/{d}"]
        for pattern in patterns {
            router.add(.get, pattern) { _, parameters, _ in
                let parts = (0..<parameters.count).map {
                    unsafe String(decoding: parameters[$0], as: UTF8.self)
                }
                return .respond(.json(status: 200, Array(parts.joined(separator: " ").utf8)))
            }
        }
        harness.handler.answer = { router.handle($0, $1) }
        let transport = harness.connect()
        let pieces = [
            "/", "/", "/", "/a", "/.", "/..", "/...", "/.a", "/a.", "/%2e", "/..a", "/jobs", "b", ".",
        ]
        for _ in 0..<500 {
            let path =
                "/"
                + (0..<Int.random(in: 0...8, using: &random)).map { _ in
                    pieces.randomElement(using: &random) ?? "/"
                }.joined()
            transport.forgetSent()
            transport.receive("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
            let segments = Self.cleaned(path)
            let expected = segments.count > 4 ? "fallback" : segments.joined(separator: " ")
            #expect(transport.sentText.hasSuffix("\r\n\r\n\(expected)"), "\(path), seed \(seed)")
        }
    }
}
