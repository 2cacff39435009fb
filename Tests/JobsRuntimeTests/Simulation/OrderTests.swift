import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("Order: commands of one name that wait for one commit")
struct OrderTests {
    @Test("commands of one name in one turn take effect in order of arrival, and the job that remains fires")
    func orderInOneTurn() throws {
        let garage = try Garage()
        let jobs = garage.harness.jobs
        try garage.schedule("b", #"{"dueTime":"1s"}"#)
        var answers: [String] = []
        let first = try garage.harness.draft("a", #"{"dueTime":"1s","data":1,"overwrite":true}"#)
        let second = try garage.harness.draft("a", #"{"dueTime":"2s","data":2}"#)
        let again = try garage.harness.draft("b", #"{"dueTime":"3s","data":3}"#)
        garage.harness.driver.onLoop {
            jobs.schedule(first) { answers.append("\($0)") }
            jobs.schedule(second) { answers.append("\($0)") }
            jobs.delete(Array("b".utf8)) { answers.append("\($0)") }
            jobs.schedule(again) { answers.append("\($0)") }
        }
        #expect(answers == ["scheduled", "exists", "deleted", "scheduled"])
        garage.harness.advance(milliseconds: 10_000)
        #expect(garage.receiver.deliveries.map(\.trigger.data) == ["1", "3"].map { Array($0.utf8) })
        #expect(garage.harness.store.count == garage.harness.emptyStoreKeys)
    }
}
