/// Names a timer on a wheel for as long as it is there; stale from the moment it fires or is removed.
package struct TimerToken: Hashable, Sendable {
    /// A small number that the wheel uses again after the timer is gone: an owner may keep an array beside the wheel.
    package let index: UInt32
    /// Tells this use of the index from earlier ones; it comes again after 2³² uses of one index.
    package let generation: UInt32
}
