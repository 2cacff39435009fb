internal import Glibc

/// How a child process ended.
package enum ChildEnding: Equatable, Sendable, CustomStringConvertible {
    case status(Int32)
    case signal(Int32)

    /// Whether it says that all went well.
    package var isSuccess: Bool { self == .status(0) }

    /// In Go's words, which Dapr's messages have.
    package var description: String {
        switch self {
        case .status(let number): return "exit status \(number)"
        case .signal(let number):
            guard let name = unsafe strsignal(number) else { return "signal: \(number)" }
            return unsafe "signal: \(String(cString: name).lowercased())"
        }
    }
}
