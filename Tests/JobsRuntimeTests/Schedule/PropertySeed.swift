import Glibc

/// Numbers for property tests: the same in every run, or those of `MAINSPRING_SEED`.
///
/// The seed stands in the message of each expectation, so that a failure can be run again.
struct PropertySeed: RandomNumberGenerator {
    /// What to set `MAINSPRING_SEED` to for the same numbers.
    let seed: UInt64
    private var state: UInt64

    init(_ standard: UInt64) {
        let given = unsafe getenv("MAINSPRING_SEED").flatMap { unsafe UInt64(String(cString: $0)) }
        seed = given ?? standard
        state = seed
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
