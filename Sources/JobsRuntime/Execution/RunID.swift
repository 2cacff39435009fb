/// Names a tick across its attempts: the same for each retry, different for each tick, never used again.
package struct RunID: Sendable, Hashable, CustomStringConvertible {
    /// The store that the job was scheduled in.
    package let store: UInt64
    /// Which schedule of the job, counted over the store.
    package let generation: UInt64
    /// Which tick of the job, from 1.
    package let tick: UInt64

    package init(store: UInt64, generation: UInt64, tick: UInt64) {
        self.store = store
        self.generation = generation
        self.tick = tick
    }

    /// As handlers and apps see it: the three numbers, the first in hexadecimal, joined by dashes.
    package var description: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the same as bytes; a trigger to an app has one, so no string is made.
    package func append(to bytes: inout [UInt8]) {
        Self.append(store, radix: 16, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Self.append(generation, radix: 10, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Self.append(tick, radix: 10, to: &bytes)
    }

    private static func append(_ number: UInt64, radix: UInt64, to bytes: inout [UInt8]) {
        let start = bytes.count
        var rest = number
        repeat {
            let digit = UInt8(rest % radix)
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            rest /= radix
        } while rest > 0
        bytes[start...].reverse()
    }
}
