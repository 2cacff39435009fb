internal import CSpawn
internal import Glibc

/// A real process under test: started, watched, and gone when the last reference goes, however the test ends.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package enum Exit: Sendable, Equatable {
        case status(Int32)
        case signal(Int32)
    }

    fileprivate struct State {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var openStreams = 2
        var exit: Exit?

        var hasEnded: Bool { exit != nil && openStreams == 0 }
    }

    package let id: Int32
    private let state = Monitor(State())

    /// Starts `path`, an absolute path, with the environment given and nothing else of this process's own.
    package init(
        _ path: String, _ arguments: [String], environment: [String: String] = [:], folder: String? = nil
    ) throws {
        let output = try Pipe()
        let errors = try Pipe()
        id = try ChildProcess.spawn(
            [path] + arguments, environment.map { "\($0)=\($1)" }.sorted(), folder, output, errors)
        output.closeWritingEnd()
        errors.closeWritingEnd()
        let (id, state) = (id, state)
        _ = OwnThread {
            output.read { bytes in
                state.withLock { $0.output += bytes }
            } finally: {
                state.streamEnded()
            }
        }
        _ = OwnThread {
            errors.read { bytes in
                state.withLock { $0.errors += bytes }
            } finally: {
                state.streamEnded()
            }
        }
        _ = OwnThread {
            let exit = ChildProcess.wait(for: id)
            state.withLock { $0.exit = exit }
        }
    }

    deinit { send(SIGKILL) }

    // MARK: What it says

    package var output: String { state.withLock { String(decoding: $0.output, as: UTF8.self) } }
    package var errorOutput: String { state.withLock { String(decoding: $0.errors, as: UTF8.self) } }

    /// The lines on standard error that are not empty.
    package var errorLines: [String] { errorOutput.split(separator: "\n").map(String.init) }

    /// Waits until standard output, or standard error, contains `text`.
    package func waitForOutput(containing text: String, by deadline: Deadline) throws {
        let found: Bool? = state.wait(until: deadline) { state in
            let output = String(decoding: state.output, as: UTF8.self)
            let errors = String(decoding: state.errors, as: UTF8.self)
            return output.contains(text) || errors.contains(text) ? true : state.hasEnded ? false : nil
        }
        if found != true {
            throw TestFailure("'\(text)' was never printed; there was: \(output)\(errorOutput)")
        }
    }

    // MARK: How it ends

    /// How it ended, if it did.
    package var exit: Exit? { state.withLock { $0.exit } }

    /// Waits for its end, and for all that it printed.
    package func waitForExit(by deadline: Deadline) throws -> Exit {
        let exit: Exit? = state.wait(until: deadline) { $0.hasEnded ? $0.exit : nil }
        guard let exit else {
            throw TestFailure("process \(id) goes on; it printed: \(output)\(errorOutput)")
        }
        return exit
    }

    /// Waits for its end, whether or not somebody it left behind still holds its output.
    package func waitForDeath(by deadline: Deadline) -> Exit? { state.wait(until: deadline) { $0.exit } }

    /// Sends a signal to this process, unless it has ended and its number may be another's.
    package func send(_ signal: Int32) {
        state.withLock { state in
            if state.exit == nil { kill(id, signal) }
        }
    }

    // MARK: -

    private static func spawn(
        _ words: [String], _ environment: [String], _ folder: String?, _ output: borrowing Pipe,
        _ errors: borrowing Pipe
    ) throws -> pid_t {
        let arguments = CStrings(words)
        let variables = CStrings(environment)
        var request = unsafe spawn_request()
        unsafe request.path = UnsafePointer(arguments.pointers[0])
        unsafe request.arguments = UnsafePointer(arguments.pointers)
        unsafe request.environment = UnsafePointer(variables.pointers)
        unsafe request.output = output.writingEnd
        unsafe request.errors = errors.writingEnd
        let id =
            if let folder {
                unsafe folder.withCString { path in
                    unsafe request.folder = path
                    return unsafe spawn_leashed(&request)
                }
            } else {
                unsafe spawn_leashed(&request)
            }
        guard id > 0 else { throw TestFailure("cannot start '\(words[0])': errno \(errno)") }
        return id
    }

    private static func wait(for id: pid_t) -> Exit {
        var status: Int32 = 0
        while unsafe waitpid(id, &status, 0) < 0 {
            precondition(errno == EINTR, "process \(id) is not ours to wait for")
        }
        let signal = status & 0x7f
        return signal == 0 ? .status(status >> 8 & 0xff) : .signal(signal)
    }
}

extension Monitor where Value == ChildProcess.State {
    fileprivate func streamEnded() { withLock { $0.openStreams -= 1 } }
}
