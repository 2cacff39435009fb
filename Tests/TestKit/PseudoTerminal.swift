internal import Glibc

/// A terminal that nobody sits at: what is written to its inner end is read here as a person would see it.
package final class PseudoTerminal: Sendable {
    /// The end of the program.
    package let inner: Int32
    /// The end of the person.
    private let outer: Int32

    package init() throws {
        var ends: (outer: Int32, inner: Int32) = (-1, -1)
        guard unsafe openpty(&ends.outer, &ends.inner, nil, nil, nil) == 0 else {
            throw TestFailure("no terminal to be had: errno \(errno)")
        }
        (outer, inner) = ends
    }

    deinit {
        close(inner)
        close(outer)
    }

    /// The next line, with its end.
    package func line() throws -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while line.last != UInt8(ascii: "\n") {
            var readable = pollfd(fd: outer, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&readable, 1, 30_000) == 1, unsafe read(outer, &byte, 1) == 1 else {
                throw TestFailure(
                    "the terminal shows no more than '\(String(decoding: line, as: UTF8.self))'")
            }
            line.append(byte)
        }
        return String(decoding: line, as: UTF8.self)
    }

    /// Types something.
    package func type(_ text: String) throws {
        var text = text
        let count = text.withUTF8 { bytes in unsafe write(outer, bytes.baseAddress, bytes.count) }
        guard count == text.utf8.count else {
            throw TestFailure("the terminal takes nothing: errno \(errno)")
        }
    }
}
