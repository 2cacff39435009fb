import Reactor
import Testing

@Suite struct ConnectionMachineTests {
    @Test("a request in one piece, its answer, and the next")
    func simple() {
        var machine = ConnectionMachine()
        #expect(machine.parses)
        machine.requestArrived(keepsAlive: true)
        #expect(machine.isAnswering && !machine.parses)
        #expect(machine.starved(hasPart: false) == .wait)
        #expect(machine.answered() == .write)
        #expect(machine.parses)
        machine.requestArrived(keepsAlive: false)
        #expect(machine.answered() == .writeAndFinish)
        #expect(!machine.parses)
        #expect(machine.answered() == .drop)
    }

    @Test("the beginning of a message is awaited once, its rest as often as it comes in pieces")
    func pieces() {
        var machine = ConnectionMachine()
        #expect(machine.starved(hasPart: false) == .wait)
        #expect(machine.starved(hasPart: true) == .awaitMessage)
        #expect(machine.starved(hasPart: true) == .awaitRest)
        machine.requestArrived(keepsAlive: true)
        #expect(machine.answered() == .write)
        #expect(machine.starved(hasPart: true) == .awaitMessage)
    }

    @Test("a deadline closes what is idle, answers what is half there, and leaves what is owed")
    func deadline() {
        var idle = ConnectionMachine()
        #expect(idle.deadlinePassed() == .close)
        var receiving = ConnectionMachine()
        _ = receiving.starved(hasPart: true)
        #expect(receiving.deadlinePassed() == .answerTimeout)
        #expect(receiving.deadlinePassed() == .close)
        var answering = ConnectionMachine()
        answering.requestArrived(keepsAlive: true)
        #expect(answering.deadlinePassed() == .wait)
    }

    @Test("a drain lets what has begun be finished, and nothing be begun")
    func drain() {
        var idle = ConnectionMachine()
        #expect(idle.drain() == .close)
        var receiving = ConnectionMachine()
        _ = receiving.starved(hasPart: true)
        #expect(receiving.drain() == .wait)
        #expect(receiving.starved(hasPart: true) == .awaitRest)
        receiving.requestArrived(keepsAlive: true)
        #expect(receiving.answered() == .writeAndFinish)
        var answering = ConnectionMachine()
        answering.requestArrived(keepsAlive: true)
        #expect(answering.drain() == .wait)
        #expect(answering.answered() == .writeAndFinish)
    }

    @Test("the peer's end waits for what is owed and for what waits")
    func end() {
        var idle = ConnectionMachine()
        #expect(idle.peerEnded(hasWaiting: false) == .close)
        var answering = ConnectionMachine()
        answering.requestArrived(keepsAlive: true)
        #expect(answering.peerEnded(hasWaiting: false) == .wait)
        #expect(answering.answered() == .write)
        #expect(answering.starved(hasPart: false) == .close)
        var waiting = ConnectionMachine()
        #expect(waiting.peerEnded(hasWaiting: true) == .wait)
        #expect(waiting.starved(hasPart: true) == .close)
    }

    @Test("a refusal is said once")
    func refusal() {
        var machine = ConnectionMachine()
        #expect(machine.refused() == .answerAndFinish)
        #expect(machine.refused() == .drop)
        machine.closed()
        #expect(machine.answered() == .drop)
        #expect(machine.drain() == .wait)
    }
}
