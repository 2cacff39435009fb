import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("refused connections in the log")
struct RefusalLogTests {
    @Test("the first is told at once, then those of ten seconds in one line, with their number and the limit")
    func interval() {
        let recorded = LogRecorder()
        let log = RefusalLog(limit: 7, logger: recorded.logger)
        for milliseconds in [5, 6, 9_000, 10_004, 10_005, 10_006, 30_000] as [UInt64] {
            log.refused(at: Tick(milliseconds: milliseconds))
        }
        #expect(
            recorded.entries.map(\.message)
                == [1, 4, 2].map {
                    "connections refused: \($0) since the last such line, as 7 are open, which is the limit"
                })
    }
}
