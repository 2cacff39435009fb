internal import Glibc

/// A pipe whose reading end a thread empties.
final class Pipe: Sendable {
    let readingEnd: Int32
    let writingEnd: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw TestFailure("no pipe to be had: errno \(errno)") }
        readingEnd = ends[0]
        writingEnd = ends[1]
    }

    deinit { close(readingEnd) }

    /// The child has its own copy; ours must go, or the end would never be seen.
    func closeWritingEnd() { close(writingEnd) }

    /// Hands on what comes until the last writer is gone.
    func read(_ body: ([UInt8]) -> Void, finally: () -> Void) {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe Glibc.read(readingEnd, &chunk, chunk.count)
            if count > 0 {
                body(Array(chunk[..<count]))
            } else if count == 0 || errno != EINTR {
                break
            }
        }
        finally()
    }
}

/// Strings as C wants a list of them: pointers, then a null pointer.
@safe struct CStrings: ~Copyable {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        unsafe pointers = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() {
            unsafe (pointers + index).initialize(to: strdup(string))
        }
        unsafe (pointers + count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { unsafe free(pointers[index]) }
        unsafe pointers.deallocate()
    }
}
