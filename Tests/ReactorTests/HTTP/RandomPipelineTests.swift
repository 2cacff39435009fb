import Reactor
import TestKit
import Testing

/// SplitMix64: small, seeded, and the same on every machine.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct RandomPipelineTests {
    @Test(
        "a random pipeline cut at random places yields the same requests, in order",
        arguments: 0..<60 as Range<UInt64>)
    func pipelines(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var text = ""
        var expected: [SeenRequest] = []
        for _ in 0..<Int.random(in: 1...12, using: &random) { append(to: &text, &expected, &random) }
        let input = Array(text.utf8)
        let harness = HTTPHarness()
        for _ in 0..<20 {
            let cuts = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                Int.random(in: 0..<input.count, using: &random)
            }
            // Some answers come at once, some when the test asks for them.
            var later: [RequestTicket] = []
            let mask = random.next()
            var count: UInt64 = 0
            harness.handler.answer = { _, ticket in
                count += 1
                if mask >> (count % 64) & 1 == 0 { return .respond(.noContent) }
                later.append(ticket)
                return .later
            }
            let (_, transport) = harness.run(input, cuts: cuts.sorted())
            while let ticket = later.popLast() { ticket.respond(with: .noContent) }
            #expect(harness.handler.seen == expected, "seed \(seed), cut at \(cuts.sorted())")
            #expect(statuses(transport.sent).count == expected.count, "seed \(seed), cut at \(cuts.sorted())")
        }
    }

    private func append(to text: inout String, _ expected: inout [SeenRequest], _ random: inout SeededRandom)
    {
        let method: (HTTPMethod, String) = [
            (.get, "GET"), (.post, "POST"), (.delete, "DELETE"), (.put, "PUT"),
        ].randomElement(
            using: &random)!
        let path = "/" + String(repeating: "p", count: Int.random(in: 0...40, using: &random))
        let body = String(repeating: "b", count: Int.random(in: 0...300, using: &random))
        text += "\(method.1) \(path) HTTP/1.1\r\nHost: x\r\n"
        for index in 0..<Int.random(in: 0...6, using: &random) { text += "X-\(index): \(random.next())\r\n" }
        if Bool.random(using: &random) {
            text += "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        } else {
            text += "Transfer-Encoding: chunked\r\n\r\n"
            var rest = body[...]
            while !rest.isEmpty {
                let chunk = rest.prefix(Int.random(in: 1...100, using: &random))
                text += String(chunk.utf8.count, radix: 16) + "\r\n\(chunk)\r\n"
                rest = rest.dropFirst(chunk.count)
            }
            text += "0\r\n\r\n"
        }
        expected.append(SeenRequest(method.0, path, body: body))
    }

    @Test("garbage, and requests with broken bytes, never do harm", arguments: 0..<100 as Range<UInt64>)
    func garbage(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var input = Array(
            "POST /a?b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n3;a=b\r\nabc\r\n0\r\nC: d\r\n\r\n"
                .utf8)
        input += Array(
            "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello".utf8)
        if seed % 4 == 0 { input = (0..<300).map { _ in UInt8.random(in: 0...255, using: &random) } }
        let alphabet: [UInt8] = [0, 9, 10, 13, 32, 48, 58, 59, 127, 128, 255]
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let index = Int.random(in: 0..<input.count, using: &random)
            switch Int.random(in: 0...3, using: &random) {
            case 0: input[index] = alphabet.randomElement(using: &random)!
            case 1: input.remove(at: index)
            case 2: input.insert(alphabet.randomElement(using: &random)!, at: index)
            default: input.removeSubrange(index..<min(index + 10, input.count))
            }
        }
        // However it is cut, the same comes of it.
        let harness = HTTPHarness()
        let whole = harness.run(input, cuts: [])
        let expected = statuses(whole.transport.sent).filter { $0 != 100 }
        for _ in 0..<10 {
            let cuts = (0..<8).map { _ in Int.random(in: 0..<input.count, using: &random) }.sorted()
            let (seen, transport) = harness.run(input, cuts: cuts)
            #expect(seen == whole.seen, "seed \(seed), cut at \(cuts)")
            let answers = statuses(transport.sent).filter { $0 != 100 }
            #expect(answers == expected, "seed \(seed), cut at \(cuts)")
            transport.receiveEnd()
            transport.take()
            harness.advance(milliseconds: 100_000)
            transport.settle()
            #expect(transport.isGone, "seed \(seed)")
        }
    }
}
