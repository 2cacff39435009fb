import Reactor
import Testing

@testable import JobsRuntime

@Suite("PassedKeys: how many jobs a route could not take")
struct PassedKeysTests {
    private func key(_ milliseconds: Int64, _ name: String = "a") -> DueKey {
        DueKey(time: WallTime(millisecondsSinceEpoch: milliseconds), name: Array(name.utf8))
    }

    @Test("jobs of one instant and of later ones are counted, in whatever order an instant's come")
    func counts() {
        var keys = PassedKeys(key(5, "b"))
        for next in [key(5, "c"), key(5, "a"), key(6), key(9)] { keys.pass(next) }
        #expect(keys.count == 5)
        #expect(keys.first == key(5, "a"))
    }

    @Test("what is looked at again is not counted twice")
    func lookedAtAgain() {
        var keys = PassedKeys(key(1))
        for time in 2...5 { keys.pass(key(Int64(time))) }
        keys.lookAgain(from: key(3))
        for time in 3...5 { keys.pass(key(Int64(time))) }
        #expect(keys.count == 5)
        keys.lookAgain(from: key(1))
        for time in 1...7 { keys.pass(key(Int64(time))) }
        #expect(keys.count == 7)
    }

    @Test("an order that is looked at from beyond the last changes nothing")
    func beyond() {
        var keys = PassedKeys(key(1))
        keys.pass(key(2))
        keys.lookAgain(from: key(3))
        #expect(keys.count == 2)
    }
}
