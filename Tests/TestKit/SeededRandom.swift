internal import Glibc

/// Random numbers that come again with the same seed (SplitMix64).
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// The next number, all 64 bits of it random.
    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// Where seeds come from.
package enum Seed {
    /// A new seed, printed, or the one in `MAINSPRING_SEED` to play a run again.
    package static func make(_ purpose: String) -> UInt64 {
        let given = unsafe getenv("MAINSPRING_SEED").flatMap { unsafe UInt64(String(cString: $0)) }
        let seed = given ?? UInt64.random(in: 1...UInt64.max)
        print("seed of \(purpose): MAINSPRING_SEED=\(seed)")
        return seed
    }
}
