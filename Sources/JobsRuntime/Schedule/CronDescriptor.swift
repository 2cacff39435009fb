/// The names that stand for a cron expression, such as `@daily`; in lower case only.
enum CronDescriptor {
    /// What a name stands for, or `nil` for an unknown one.
    static func fields(_ name: ArraySlice<UInt8>) -> [UInt8]? {
        named.first { name.elementsEqual($0.name.utf8) }.map { Array($0.fields.utf8) }
    }

    private static let named: [(name: String, fields: String)] = [
        ("@yearly", "0 0 0 1 1 *"), ("@annually", "0 0 0 1 1 *"), ("@monthly", "0 0 0 1 * *"),
        ("@weekly", "0 0 0 * * 0"), ("@daily", "0 0 0 * * *"), ("@midnight", "0 0 0 * * *"),
        ("@hourly", "0 0 * * * *"),
    ]
}
