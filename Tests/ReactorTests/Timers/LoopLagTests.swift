import Reactor
import Testing

@Suite("LoopLag: the worst lateness of late")
struct LoopLagTests {
    private func tick(_ milliseconds: UInt64) -> Tick { Tick(milliseconds: milliseconds) }

    @Test("the worst is kept for ten to twenty seconds, and forgotten then")
    func windows() {
        var lag = LoopLag()
        #expect(lag.worst(at: tick(0)) == 0)
        lag.note(milliseconds: 700, at: tick(1000))
        lag.note(milliseconds: 3, at: tick(2000))
        #expect(lag.worst(at: tick(10_999)) == 700)
        #expect(lag.worst(at: tick(20_999)) == 700)
        #expect(lag.worst(at: tick(21_000)) == 0)
        lag.note(milliseconds: 5, at: tick(12_000))
        #expect(lag.worst(at: tick(12_000)) == 700)
        lag.note(milliseconds: 4, at: tick(22_000))
        #expect(lag.worst(at: tick(22_000)) == 5)
    }
}
