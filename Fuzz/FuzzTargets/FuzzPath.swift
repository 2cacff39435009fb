internal import JobsRuntime
internal import Reactor
internal import TestKit

/// A path goes to the route that a slow reading of it names, with the same segment; a name in it keeps the rules.
func fuzzPath(_ input: [UInt8]) {
    // Longer ones, and what no request line may hold, are the framing's business.
    guard input.count < 512, input.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
        return
    }
    var routed: [UInt8]?
    let router = Router(
        fallback: { _, _ in .respond(HTTPResponse(status: 404)) },
        bodyRefusal: { _ in HTTPResponse(status: 400) })
    router.add(.get, "/v1.0/jobs/{name}") { _, parameters, _ in
        routed = unsafe Array(parameters[0])
        return .respond(.noContent)
    }
    let harness = HTTPHarness(answeredBy: router)
    let path = [UInt8(ascii: "/")] + input
    let (_, transport) = harness.run(
        Array("GET ".utf8) + path + Array(" HTTP/1.1\r\nHost: a\r\n\r\n".utf8), cuts: [])
    // A connection and its server hold each other while it is open.
    defer { transport.receiveReset() }
    guard statuses(transport.sent) != [400] else { return }
    precondition(routed == slowlyRouted(path), "\(String(decoding: path, as: UTF8.self)) went elsewhere")
    if let routed { check(name: routed) }
}

/// What stands for `{name}`: segments split at slashes, the empty ones and the dots resolved.
private func slowlyRouted(_ target: [UInt8]) -> [UInt8]? {
    let path = target.prefix { $0 != UInt8(ascii: "?") }
    var segments: [[UInt8]] = []
    for segment in path.split(separator: UInt8(ascii: "/")).map(Array.init) {
        switch segment {
        case Array(".".utf8): break
        case Array("..".utf8): _ = segments.popLast()
        default: segments.append(segment)
        }
    }
    let isJob = segments.count == 3 && segments[0] == Array("v1.0".utf8) && segments[1] == Array("jobs".utf8)
    return isJob ? segments[2] : nil
}

private func check(name segment: [UInt8]) {
    let decoded = unsafe segment.withUnsafeBytes { unsafe PercentDecoding.queryComponent($0) }
    guard let name = decoded, !name.isEmpty, let checked = try? JobName(name, of: AppIdentity(appID: "app"))
    else { return }
    precondition(checked.bytes == name, "a name is kept as it is")
    precondition(name.count <= JobName.longestKey, "a name is bounded")
    precondition(String(validating: name, as: UTF8.self) != nil, "a name is UTF-8")
    precondition(!name.contains { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "/") }, "a name is plain")
}
