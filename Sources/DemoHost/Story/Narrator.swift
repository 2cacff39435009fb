internal import JobsRuntime

/// Tells the story on standard output, each line at once.
enum Narrator {
    /// Begins a part.
    static func heading(_ text: String) { write("\n\(text)\n") }

    /// Something that happened.
    static func say(_ text: String) { write("  \(text)") }

    /// Something that is typed.
    static func command(_ text: String) { write("  $ \(text)") }

    /// What came of it.
    static func answer(_ text: String) { write("    \(text)") }

    private static func write(_ text: String) {
        Console.printLine(text)
        Console.flush()
    }
}
