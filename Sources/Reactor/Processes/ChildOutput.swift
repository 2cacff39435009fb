/// One of the streams that a child prints to: a pipe whose lines go to a sink, and which is not read while that is full.
///
/// On the loop only.
final class ChildOutput: UVPipeDelegate {
    private let sink: any LineSink
    private let onRoom: @Sendable () -> Void
    private let onEnd: () -> Void
    private var splitter = LineSplitter()
    private var pipe: UVPipe?
    private(set) var isPaused = false
    /// As the last look found it, and whether there was a pause since.
    private var passedOn = 0
    private var wasPaused = false

    /// `onRoom` is called on any thread when `resume` may go on, `onEnd` on the loop when nothing more comes.
    init(
        loop: UVLoop, sink: any LineSink, onRoom: @escaping @Sendable () -> Void, onEnd: @escaping () -> Void
    ) throws(ReactorError) {
        self.onRoom = onRoom
        self.sink = sink
        self.onEnd = onEnd
        pipe = try UVPipe(loop: loop, delegate: self)
    }

    /// Whether nothing comes any more.
    var isClosed: Bool { pipe == nil }

    /// The child's end; -1 once that was handed over.
    var writingEnd: Int32 { pipe?.writingEnd ?? -1 }

    /// Begins to read, once the child has its end of the pipe.
    func start() throws(ReactorError) {
        pipe?.closeWritingEnd()
        try pipe?.startReading()
    }

    /// Goes on reading after a pause, if the sink has room by now.
    func resume() {
        guard isPaused else { return }
        guard !sink.isFull else { return sink.whenRoom(onRoom) }
        isPaused = false
        do { try pipe?.startReading() } catch { pipeEnded() }
    }

    /// Looks whether lines waited here since the last look, for a reader who is slow but takes some.
    func look() -> Bool {
        defer {
            passedOn = sink.passedOn
            wasPaused = isPaused
        }
        return !isClosed && wasPaused && sink.passedOn != passedOn
    }

    /// Lets go of the pipe, whoever may still print to it; what came so far is told.
    func close() {
        guard let pipe else { return }
        self.pipe = nil
        pipe.close()
        splitter.finish(sink.take)
        onEnd()
    }

    func pipeRead(_ bytes: UnsafeRawBufferPointer) {
        unsafe splitter.take(bytes.bytes, sink.take)
        guard sink.isFull else { return }
        isPaused = true
        wasPaused = true
        pipe?.stopReading()
        sink.whenRoom(onRoom)
    }

    func pipeEnded() { close() }
}
