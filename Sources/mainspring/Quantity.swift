internal import ArgumentParser

/// A number of bytes as Dapr and Kubernetes write it: `4096`, `4Ki`, `4Mi`, `16k`.
struct Quantity: ExpressibleByArgument, Equatable {
    let bytes: Int

    private static let units: [(suffix: String, bytes: Int)] = [
        ("Ki", 1 << 10), ("Mi", 1 << 20), ("Gi", 1 << 30), ("k", 1000), ("M", 1_000_000),
        ("G", 1_000_000_000),
    ]

    init(bytes: Int) { self.bytes = bytes }

    /// Digits and perhaps a unit; a fraction of a byte is nothing, so neither is a fraction here.
    init?(argument: String) {
        let unit = Self.units.first { argument.hasSuffix($0.suffix) }
        let digits = argument.utf8.dropLast(unit?.suffix.utf8.count ?? 0)
        guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(String(Substring(digits)))
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit?.bytes ?? 1)
        if overflow { return nil }
        bytes = product
    }

    var defaultValueDescription: String {
        let unit = Self.units.prefix(3).last { bytes >= $0.bytes && bytes % $0.bytes == 0 }
        return unit.map { "\(bytes / $0.bytes)\($0.suffix)" } ?? "\(bytes)"
    }
}
