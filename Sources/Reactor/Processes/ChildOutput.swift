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
    /// Reads that brought something: whether it goes on, however slowly.
    private(set) var reads = 0

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

    /// Lets go of the pipe, whoever may still print to it; what came so far is told.
    func close() {
        guard let pipe else { return }
        self.pipe = nil
        pipe.close()
        splitter.finish(sink.take)
        onEnd()
    }

    func pipeRead(_ bytes: UnsafeRawBufferPointer) {
        reads += 1
        unsafe splitter.take(bytes.bytes, sink.take)
        guard sink.isFull else { return }
        isPaused = true
        pipe?.stopReading()
        sink.whenRoom(onRoom)
    }

    func pipeEnded() { close() }
}
