internal import CKeeper
internal import Glibc

/// Whom a child process tells what becomes of it, on the loop.
package protocol ChildProcessDelegate: AnyObject {
    /// The program runs, under this number.
    func childStarted(_ child: ChildProcess, id: Int32)

    /// The program has ended; what it left behind may go on, and print. Once, also where it never started.
    func childEnded(_ child: ChildProcess, _ ending: ChildEnding)

    /// Nothing of it is left, and all that it printed was told. Once, after `childEnded`.
    func childGone(_ child: ChildProcess)

    /// A sink that was full has room: call `resume` on the loop. Any thread.
    nonisolated var onRoom: @Sendable () -> Void { get }
}

/// A program that the host started, below a keeper of its own: nothing of it outlives the host, however that ends.
///
/// # Processes
/// The child of this process is the keeper (`mainspring child`, `CKeeper`), a session and a group of its own; the program is
/// the keeper's child and in its group. SIGTERM goes to the group, where the keeper passes it over; what is left after the
/// grace is killed by the keeper, also what made a group or a session of its own. When the host dies, the kernel tells the
/// keeper, which then does the same.
///
/// # Life
/// `childStarted`, `childEnded`, `childGone`, in this order; the first is left out if the keeper ends before. The object
/// keeps itself until the last of them. On the loop only.
package final class ChildProcess: TimerTarget, UVPipeDelegate {
    /// How long what is left may take.
    package enum Limit {
        /// From SIGTERM to SIGKILL, in milliseconds; as Dapr has it.
        package static let graceMilliseconds: UInt64 = 5_000
        /// From SIGKILL to the end of waiting for a process that the kernel does not let go, and from the end of all processes
        /// to the end of waiting for what they printed, in milliseconds.
        package static let patienceMilliseconds: UInt64 = 2_000
    }

    /// Where what the program prints goes.
    package enum Output {
        /// To this process's own standard output and error, as it is.
        case inherited
        /// To a sink, line by line.
        case lines(any LineSink)
    }

    /// What is run, and how.
    package struct Options {
        /// The program, which is found as a shell finds it, and its arguments.
        package var command: [String]
        /// Where it runs.
        package var folder: String
        /// All of its environment.
        package var environment: [String: String]
        package var output: Output
        /// Whether it reads this process's standard input, and not `/dev/null`.
        package var inheritsInput = false
        /// The program that is the keeper: `mainspring`.
        package var keeper = "/proc/self/exe"

        package init(command: [String], folder: String, environment: [String: String], output: Output) {
            self.command = command
            self.folder = folder
            self.environment = environment
            self.output = output
        }
    }

    private enum State { case running, asked, killed, drained }

    private let timers: LoopTimers
    private weak var delegate: (any ChildProcessDelegate)?
    private var process: UVProcess?
    private var control: UVPipe?
    private var controlLines = LineSplitter()
    private var outputs: [ChildOutput] = []
    private var state = State.running
    private var isStopping = false
    private var timer: TimerToken?
    private var keeperEnding: ChildEnding?
    private var hasEnded = false
    private var isGone = false
    private var itself: ChildProcess?

    /// Starts the program.
    ///
    /// - Throws: `ReactorError` when the system has no process or descriptor left, or the folder is not there.
    package init(
        _ options: Options, loop: UVLoop, timers: LoopTimers, delegate: any ChildProcessDelegate
    ) throws(ReactorError) {
        self.timers = timers
        self.delegate = delegate
        do throws(ReactorError) { try start(options, loop, onRoom: delegate.onRoom) } catch {
            if let process {
                signal(SIGKILL, toGroupOf: process)
                process.close()
            }
            closePipes()
            throw error
        }
        itself = self
    }

    private func start(
        _ options: Options, _ loop: UVLoop, onRoom: @escaping @Sendable () -> Void
    ) throws(ReactorError) {
        let control = try UVPipe(loop: loop, delegate: self)
        self.control = control
        var descriptors: [Int32] = [options.inheritsInput ? STDIN_FILENO : -1, STDOUT_FILENO, STDERR_FILENO]
        if case .lines(let sink) = options.output {
            for stream in [STDOUT_FILENO, STDERR_FILENO] {
                let output = try ChildOutput(loop: loop, sink: sink, onRoom: onRoom) { [unowned self] in
                    endIfGone()
                }
                outputs.append(output)
                descriptors[Int(stream)] = output.writingEnd
            }
        }
        precondition(descriptors.count == Int(KEEPER_CONTROL), "the keeper's comes after the standard ones")
        let request = UVProcess.Request(
            file: options.keeper,
            arguments: ["mainspring", "child", "\(getpid())"] + options.command,
            environment: options.environment.map { "\($0)=\($1)" }.sorted(),
            folder: options.folder, descriptors: descriptors + [control.writingEnd])
        process = try UVProcess(loop: loop, request) { [unowned self] in keeperEnded($0) }
        control.closeWritingEnd()
        try control.startReading()
        for output in outputs { try output.start() }
    }

    // MARK: Stopping

    /// Asks all of it to end, and kills what is left after the grace.
    ///
    /// More than once is once.
    package func terminate() {
        guard !isStopping else { return }
        isStopping = true
        guard state == .running, let process else { return }
        state = .asked
        signal(SIGTERM, toGroupOf: process)
        arm(afterMilliseconds: Limit.graceMilliseconds)
    }

    /// Kills all of it now.
    package func kill() {
        isStopping = true
        guard state == .running || state == .asked, let process else { return }
        disarm()
        state = .killed
        Glibc.kill(process.id, Int32(KEEPER_KILL))
        arm(afterMilliseconds: Limit.patienceMilliseconds)
    }

    package func timerFired(_ token: TimerToken) {
        timer = nil
        switch state {
        case .running: return
        case .asked: kill()
        case .killed:
            // The kernel holds on to a process; the keeper waits for it, and this host for neither.
            state = .drained
            if let process, keeperEnding == nil { signal(SIGKILL, toGroupOf: process) }
            giveUp()
        case .drained:
            // As long as the host runs, lines may wait for a reader that takes its time; when it stops, as long as he takes
            // some. What a lost keeper left behind may print for ever, so that is no reason to go on.
            let isRead = hasReader() && keeperEnding?.isSuccess == true
            if isRead || !isStopping && outputs.contains(where: \.isPaused) {
                arm(afterMilliseconds: Limit.patienceMilliseconds)
            } else {
                giveUp()
            }
        }
    }

    /// Whether lines that waited were read since this was asked last.
    private func hasReader() -> Bool { outputs.map { $0.look() }.contains(true) }

    private func signal(_ number: Int32, toGroupOf process: UVProcess) { Glibc.kill(-process.id, number) }

    private func arm(afterMilliseconds milliseconds: UInt64) {
        let deadline = timers.monotonicNow.advanced(byMilliseconds: milliseconds)
        timer = timers.insert(.monotonic, at: deadline, for: self)
    }

    private func disarm() {
        if let timer { timers.remove(.monotonic, timer) }
        timer = nil
    }

    // MARK: What comes from it

    /// Goes on reading what was not read while its sink was full.
    package func resume() { for output in outputs { output.resume() } }

    func pipeRead(_ bytes: UnsafeRawBufferPointer) {
        unsafe controlLines.take(bytes.bytes) { heard(String(decoding: $0, as: UTF8.self)) }
    }

    func pipeEnded() {
        control?.close()
        control = nil
        endIfGone()
    }

    /// A line of the keeper's.
    private func heard(_ line: String) {
        let words = line.split(separator: " ")
        guard words.count == 2, let number = Int32(words[1]) else { return }
        switch words[0] {
        case "started": delegate?.childStarted(self, id: number)
        case "ended": ended(.status(number))
        case "killed": ended(.signal(number))
        default: return
        }
    }

    private func ended(_ ending: ChildEnding) {
        guard !hasEnded else { return }
        hasEnded = true
        delegate?.childEnded(self, ending)
    }

    private func keeperEnded(_ ending: UVProcess.Ending) {
        disarm()
        switch ending {
        case .status(let number): keeperEnding = .status(number)
        case .signal(let number): keeperEnding = .signal(number)
        }
        // Somebody killed the keeper: what is left of its group has nobody else.
        if keeperEnding?.isSuccess == false, let process { signal(SIGKILL, toGroupOf: process) }
        state = .drained
        _ = hasReader()
        arm(afterMilliseconds: Limit.patienceMilliseconds)
        endIfGone()
    }

    // MARK: The end

    private func endIfGone() {
        guard let keeperEnding, control == nil, outputs.allSatisfy(\.isClosed), !isGone else { return }
        isGone = true
        disarm()
        // A keeper that never got as far as starting the program ends with a status of its own.
        ended(keeperEnding)
        delegate?.childGone(self)
        itself = nil
    }

    private func giveUp() {
        keeperEnding = keeperEnding ?? .signal(SIGKILL)
        process?.close()
        closePipes()
        endIfGone()
    }

    private func closePipes() {
        control?.close()
        control = nil
        for output in outputs { output.close() }
    }
}
