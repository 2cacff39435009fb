/// Why a request is not handed to anybody: the status to answer with, and a reason that names the rule it broke.
///
/// The connection is closed after it: where one message of a stream is in doubt, so is where the next one starts.
package struct HTTPRefusal: Error, Equatable, CustomStringConvertible {
    /// The status of the answer, such as 400 or 431.
    package let status: Int
    private let text: StaticString

    init(_ status: Int, _ reason: StaticString) {
        self.status = status
        self.text = reason
    }

    /// The rule that was broken, as a sentence for the peer.
    package var reason: StaticString { text }

    /// The same, for a log.
    package var description: String { "\(status) \(text)" }

    /// Two refusals are alike if they answer alike.
    package static func == (left: HTTPRefusal, right: HTTPRefusal) -> Bool {
        left.status == right.status && left.text.description == right.text.description
    }

    /// The one refusal whose answer the handler chooses.
    static let bodyTooLarge = HTTPRefusal(413, "the body is larger than the limit")
}
