/// SplitMix64: random enough for tests, and the same numbers for a seed on every machine.
///
/// Give the seed as an argument of the test (`@Test(arguments: SeededGenerator.seeds)`): a failure then names it.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    /// The seeds that property tests run with.
    package static let seeds: [UInt64] = (1...16).map { $0 &* 0x2545_F491_4F6C_DD1D }

    private var state: UInt64

    /// The sequence that belongs to `seed`.
    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number of at most `bits` bits, every magnitude as likely as the next: what deadlines and pauses look like.
    package mutating func magnitude(bits: UInt64) -> UInt64 {
        let width = UInt64.random(in: 0...bits, using: &self)
        return width == 0 ? 0 : next() >> (64 - width)
    }
}
