internal import Reactor

/// Standard output for handlers: lines go through a bounded queue with a thread of its own, so that a handler
/// may print on the event loop and a slow terminal keeps nobody waiting.
public enum Console {
    /// Prints `text` and a line end; it may hold several lines.
    ///
    /// Any thread.
    public static func printLine(_ text: String) { LineQueue.standardOutput.write(text) }

    /// Waits until all lines are written.
    ///
    /// For the end of a process; not on the event loop.
    public static func flush() { LineQueue.standardOutput.flush() }
}
