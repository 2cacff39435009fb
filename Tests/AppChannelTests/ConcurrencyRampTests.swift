import AppChannel
import Reactor
import TestKit
import Testing

@Suite("How many triggers an app gets at a time")
struct ConcurrencyRampTests {
    private let driver = VirtualDriver(startingAt: JobsHarness.start, seed: 1)
    private let loop: EventLoop

    init() { loop = EventLoop(driver: driver) }

    private func ramp(maximum: Int) -> ConcurrencyRamp {
        ConcurrencyRamp(maximum: maximum, timers: loop.executor.timers) {}
    }

    @Test("an app that leaves every slot taken for an interval gets twice as many, up to the limit")
    func slowApp() {
        let ramp = ramp(maximum: 200)
        var counts = [ramp.slots]
        var running = 0
        for _ in 0..<3 {
            driver.onLoop {
                for _ in running..<ramp.slots { ramp.began() }
                running = ramp.slots
            }
            driver.advance(milliseconds: ConcurrencyRamp.intervalMilliseconds)
            counts.append(ramp.slots)
        }
        #expect(counts == [64, 128, 200, 200])
    }

    @Test("an app that answers as fast as it is asked keeps its few")
    func quickApp() {
        let ramp = ramp(maximum: 1000)
        driver.onLoop { for _ in 0..<64 { ramp.began() } }
        for _ in 0..<20 {
            driver.onLoop {
                for _ in 0..<100 {
                    ramp.ended()
                    ramp.began()
                }
            }
            driver.advance(milliseconds: ConcurrencyRamp.intervalMilliseconds)
        }
        #expect(ramp.slots == 64)
    }

    @Test("once the app is idle it starts again with few, and no timer is left")
    func idle() {
        let ramp = ramp(maximum: 1000)
        driver.onLoop { for _ in 0..<64 { ramp.began() } }
        driver.advance(milliseconds: ConcurrencyRamp.intervalMilliseconds)
        #expect(ramp.slots == 128)
        driver.onLoop { for _ in 0..<64 { ramp.ended() } }
        #expect(ramp.slots == 64)
        driver.advance(milliseconds: 1000)
        #expect(driver.nextDeadline == nil)
    }

    @Test("a limit below the first few is kept")
    func smallLimit() {
        let ramp = ramp(maximum: 2)
        driver.onLoop { for _ in 0..<2 { ramp.began() } }
        driver.advance(milliseconds: 1000)
        #expect(ramp.slots == 2)
    }
}
