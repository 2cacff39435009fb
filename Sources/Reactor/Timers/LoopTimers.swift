/// What a timer calls when it is due, on the loop.
package protocol TimerTarget: AnyObject {
    /// The timer is due; it is off the wheel, and `token` is of no further use.
    func timerFired(_ token: TimerToken)
}

/// The two wheels of a loop, armed through the one timer of its driver.
///
/// Jobs are due on the wall clock; idle and header timeouts, probes and back-off run on the monotonic one, so that a
/// step of the wall clock moves the first and leaves the second alone. The timer sleeps until the earlier of the two.
/// On the loop only.
package final class LoopTimers: LoopAlarm {
    /// Which clock a deadline is measured by.
    package enum Kind { case wall, monotonic }

    private struct Side {
        var wheel: TimerWheel
        var targets: [(any TimerTarget)?] = []
    }

    /// A timer between the moment it left its wheel and its call.
    ///
    /// The two wheels give out the same tokens, so the token alone would not name it.
    private struct Call: Hashable {
        let kind: Kind
        let token: TimerToken
    }

    private unowned let driver: any LoopDriver
    private let clock: any LoopClock
    private var wall: Side
    private var monotonic: Side
    private var armedUntil: Tick?
    private var isStale = true
    private var due: [TimerToken] = []
    private var firing: [(call: Call, target: any TimerTarget)] = []
    private var removedWhileFiring: Set<Call> = []
    private var isFiring = false
    private var lag = LoopLag()
    private var onFired: ((_ lateMilliseconds: UInt64) -> Void)?

    package init(driver: any LoopDriver) {
        self.driver = driver
        self.clock = driver.clock
        wall = Side(wheel: TimerWheel(now: clock.wallNow.currentTick))
        monotonic = Side(wheel: TimerWheel(now: clock.monotonicNow))
    }

    /// The wall clock.
    package var wallNow: WallTime { clock.wallNow }

    /// The monotonic clock.
    package var monotonicNow: Tick { clock.monotonicNow }

    /// Has `target` called at the first tick at or after `deadline`, never before it.
    ///
    /// A deadline that has passed is due in the next turn.
    package func insert(_ kind: Kind, at deadline: Tick, for target: any TimerTarget) -> TimerToken {
        let token: TimerToken
        switch kind {
        case .wall: token = Self.insert(&wall, deadline, target)
        case .monotonic: token = Self.insert(&monotonic, deadline, target)
        }
        isStale = true
        return token
    }

    /// Takes a timer back; one that has fired already is ignored.
    package func remove(_ kind: Kind, _ token: TimerToken) {
        let wasPending =
            switch kind {
            case .wall: Self.remove(&wall, token)
            case .monotonic: Self.remove(&monotonic, token)
            }
        if !wasPending, isFiring { removedWhileFiring.insert(Call(kind: kind, token: token)) }
    }

    /// How late timers were called of late, at worst, in milliseconds.
    package var worstLagMilliseconds: UInt64 { lag.worst(at: clock.monotonicNow) }

    /// Has `call` told, each time that timers are due, how many milliseconds late they are called.
    package func watchLag(_ call: ((_ lateMilliseconds: UInt64) -> Void)?) { onFired = call }

    /// Calls every target that is due, when the driver has slept.
    ///
    /// A timer that is inserted meanwhile waits for the next turn.
    package func timerDue() {
        noteLag()
        armedUntil = nil
        callDue()
    }

    /// A loop that was busy comes late to its timers: that is what everything on it waits for.
    private func noteLag() {
        guard let armedUntil else { return }
        let now = clock.monotonicNow
        let late = now > armedUntil ? now.milliseconds - armedUntil.milliseconds : 0
        lag.note(milliseconds: late, at: now)
        onFired?(late)
    }

    /// Looks at the wall clock again, which is not where it was; the next arming counts from there.
    package func wallClockStepped() { callDue() }

    private func callDue() {
        isStale = true
        let wallNow = clock.wallNow.currentTick
        wall.wheel.rewind(to: wallNow)
        collect(.wall, &wall, at: wallNow)
        collect(.monotonic, &monotonic, at: clock.monotonicNow)
        isFiring = true
        for (call, target) in firing where removedWhileFiring.isEmpty || !removedWhileFiring.contains(call) {
            target.timerFired(call.token)
        }
        isFiring = false
        firing.removeAll(keepingCapacity: true)
        removedWhileFiring.removeAll(keepingCapacity: true)
    }

    /// Sleeps until the earlier wheel's next deadline.
    ///
    /// Called at the end of each turn; costs nothing where nothing has changed.
    package func arm() {
        guard isStale else { return }
        isStale = false
        guard let until = nextDeadline() else {
            if armedUntil != nil { driver.sleep(forMilliseconds: nil) }
            armedUntil = nil
            return
        }
        if until == armedUntil { return }
        armedUntil = until
        let now = clock.monotonicNow
        driver.sleep(forMilliseconds: until > now ? until.milliseconds - now.milliseconds : 0)
    }

    /// The earlier of the two next deadlines, on the monotonic clock.
    private func nextDeadline() -> Tick? {
        var earliest = monotonic.wheel.nextDeadline
        if let deadline = wall.wheel.nextDeadline {
            let wallNow = clock.wallNow.currentTick
            let distance = deadline > wallNow ? deadline.milliseconds - wallNow.milliseconds : 0
            let there = clock.monotonicNow.advanced(byMilliseconds: distance)
            earliest = min(earliest ?? there, there)
        }
        return earliest
    }

    /// Moves what is due off a wheel before any of it is called, since a target may insert and remove.
    private func collect(_ kind: Kind, _ side: inout Side, at now: Tick) {
        side.wheel.advance(to: now, into: &due)
        for token in due {
            let index = Int(token.index)
            if let target = side.targets[index] { firing.append((Call(kind: kind, token: token), target)) }
            side.targets[index] = nil
        }
        due.removeAll(keepingCapacity: true)
    }

    private static func insert(_ side: inout Side, _ deadline: Tick, _ target: any TimerTarget) -> TimerToken
    {
        let token = side.wheel.insert(deadline: deadline)
        let index = Int(token.index)
        while side.targets.count <= index { side.targets.append(nil) }
        side.targets[index] = target
        return token
    }

    private static func remove(_ side: inout Side, _ token: TimerToken) -> Bool {
        guard side.wheel.remove(token) else { return false }
        side.targets[Int(token.index)] = nil
        return true
    }
}
