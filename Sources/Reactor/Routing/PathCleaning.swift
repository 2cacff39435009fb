/// Cleans a path of empty, `.` and `..` segments, as the contract asks before routing.
enum PathCleaning {
    /// Whether a path is not clean: it holds `//`, or a segment that is `.` or `..`.
    static func isNeeded(_ path: MessageBytes) -> Bool {
        var isAtStart = false
        for index in 0..<path.count {
            let byte = path[index]
            if byte == UInt8(ascii: "/") {
                if isAtStart { return true }
                isAtStart = true
            } else {
                if isAtStart, byte == UInt8(ascii: "."), isDots(path, from: index) { return true }
                isAtStart = false
            }
        }
        return false
    }

    /// Writes the clean path to `output`, which replaces what it held.
    ///
    /// `..` at the root stays there.
    static func clean(_ path: MessageBytes, into output: ByteBuffer) {
        output.removeAll()
        var index = 0
        while index < path.count {
            let start = index
            index = path.firstIndex(of: UInt8(ascii: "/"), from: start, to: path.count)
            append(path, start..<index, to: output)
            index += 1
        }
        if output.isEmpty { output.append("/") }
    }

    private static func append(_ path: MessageBytes, _ segment: Range<Int>, to output: ByteBuffer) {
        if segment.isEmpty { return }
        if isDots(path, from: segment.lowerBound) {
            if segment.count == 2 { dropSegment(of: output) }
            return
        }
        output.append("/")
        for index in segment { output.append(path[index]) }
    }

    private static func dropSegment(of output: ByteBuffer) {
        let written = unsafe MessageBytes(UnsafeRawBufferPointer(output.bytes))
        var end = written.count
        while end > 0, written[end - 1] != UInt8(ascii: "/") { end -= 1 }
        output.truncate(to: max(0, end - 1))
    }

    /// Whether the segment that begins at `start` is `.` or `..`.
    private static func isDots(_ path: MessageBytes, from start: Int) -> Bool {
        var end = start
        while end < path.count, path[end] == UInt8(ascii: "."), end - start < 3 { end += 1 }
        return (1...2).contains(end - start) && (end == path.count || path[end] == UInt8(ascii: "/"))
    }
}
