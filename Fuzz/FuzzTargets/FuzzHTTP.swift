internal import Reactor
internal import TestKit

/// A stream of bytes is the same requests however it is cut; the first two bytes of the input say how.
func fuzzHTTP(_ input: [UInt8]) {
    guard input.count > 2 else { return }
    var limits = Limits()
    limits.bodyBytes = 4096
    limits.pipelinedBytes = 8192
    let stream = Array(input[2...])
    var random = SeededRandom(seed: UInt64(input[0]) << 8 | UInt64(input[1]))
    let whole = HTTPHarness(limits: limits)
    let first = whole.run(stream, cuts: [])
    let pieces = HTTPHarness(limits: limits)
    let cuts = (0..<8).map { _ in Int.random(in: 0..<stream.count, using: &random) }.sorted()
    let second = pieces.run(stream, cuts: cuts)
    precondition(first.seen == second.seen, "cut at \(cuts) other requests are seen")
    precondition(
        finalStatuses(first.transport) == finalStatuses(second.transport),
        "cut at \(cuts) other answers are given")
    // A connection and its server hold each other while it is open, and a ticket holds its connection.
    first.transport.receiveReset()
    second.transport.receiveReset()
    whole.handler.tickets = []
    pieces.handler.tickets = []
}

/// The statuses without `100 Continue`, which a body that is already there does not need.
private func finalStatuses(_ transport: FakeTransport) -> [Int] {
    statuses(transport.sent).filter { $0 != 100 }
}
