/// Where the lines of a child process go.
///
/// A full sink takes what it is given all the same; whoever reads asks first and stops reading, so that no line is lost and
/// the child waits, as it would for a slow reader of its own.
package protocol LineSink: AnyObject {
    /// Takes one line, without its end. On the loop.
    func take(_ line: [UInt8])

    /// Whether nothing more should come for now.
    var isFull: Bool { get }

    /// How many bytes it has passed on so far: while it grows, somebody reads, however slowly.
    var passedOn: Int { get }

    /// Has `call` called once there is room, on any thread, perhaps at once.
    func whenRoom(_ call: @escaping @Sendable () -> Void)
}
