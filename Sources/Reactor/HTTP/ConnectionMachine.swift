/// The life of an HTTP/1.1 connection, seen from the server: what may happen when, and what follows from it.
///
/// ```
///             part of a message            the rest            answer
///   idle ----------------------> receiving -----> answering ----------> idle
///    |                               |                |  (the last one)
///    | drain, peer ended, deadline   | refused,       '----------------> finishing --> closed
///    '-------------------------------+-- deadline -----------------------^
/// ```
///
/// One request at a time is with its handler. What the peer sends meanwhile waits, unread by the parser, so answers
/// leave in the order of the requests. A peer that has ended its side still gets what it is owed.
package struct ConnectionMachine {
    private enum State {
        case idle
        /// A part of a message is here; if it is the last, no other is begun.
        case receiving(isLast: Bool)
        /// A request is with its handler.
        case answering(isLast: Bool)
        /// Everything was said; what waits is being sent.
        case finishing
        case closed
    }

    private enum Input { case open, ended }

    private var state = State.idle
    private var input = Input.open
    private var isDraining = false

    package init() {}

    /// Whether the parser may read on: nothing is owed and nothing has ended.
    package var parses: Bool {
        switch state {
        case .idle, .receiving: true
        case .answering, .finishing, .closed: false
        }
    }

    /// Whether a handler owes an answer.
    package var isAnswering: Bool {
        switch state {
        case .answering: true
        case .idle, .receiving, .finishing, .closed: false
        }
    }

    /// Whether nothing follows the answer that is owed.
    package var isLastAnswer: Bool {
        switch state {
        case .answering(let isLast): isLast
        case .idle, .receiving, .finishing, .closed: false
        }
    }

    // MARK: What the parser says

    package enum StarvedAction: Equatable { case wait, awaitMessage, awaitRest, close }

    /// The bytes are used up; `hasPart` says whether a message is in the middle of them.
    package mutating func starved(hasPart: Bool) -> StarvedAction {
        switch state {
        case .idle, .receiving:
            if input == .ended || isDraining && !hasPart {
                state = .finishing
                return .close
            }
            guard hasPart else { return .wait }
            defer { state = .receiving(isLast: isDraining) }
            if case .receiving = state { return .awaitRest }
            return .awaitMessage
        case .answering, .finishing, .closed: return .wait
        }
    }

    /// A whole request is there and goes to its handler.
    package mutating func requestArrived(keepsAlive: Bool) {
        switch state {
        case .idle: state = .answering(isLast: !keepsAlive || isDraining)
        case .receiving(let isLast): state = .answering(isLast: isLast || !keepsAlive)
        case .answering, .finishing, .closed:
            preconditionFailure("a request arrives only where the parser may read on")
        }
    }

    package enum RefusedAction: Equatable { case answerAndFinish, drop }

    /// What came is no request, or too much of one.
    package mutating func refused() -> RefusedAction {
        switch state {
        case .idle, .receiving:
            state = .finishing
            return .answerAndFinish
        case .answering, .finishing, .closed: return .drop
        }
    }

    // MARK: What the handler says

    package enum AnsweredAction: Equatable { case write, writeAndFinish, drop }

    /// The answer to the request at hand.
    package mutating func answered() -> AnsweredAction {
        switch state {
        case .answering(let isLast):
            state = isLast ? .finishing : .idle
            return isLast ? .writeAndFinish : .write
        case .idle, .receiving, .finishing, .closed: return .drop
        }
    }

    /// The end of the connection is to be the end of the answer that is owed.
    package mutating func endAfterAnswer() {
        switch state {
        case .answering: state = .answering(isLast: true)
        case .idle, .receiving, .finishing, .closed: break
        }
    }

    // MARK: What the peer, the clock and the owner say

    package enum EndedAction: Equatable { case close, wait }

    /// The peer sends nothing more.
    ///
    /// What it sent before may still be waiting; `hasWaiting` says so.
    package mutating func peerEnded(hasWaiting: Bool) -> EndedAction {
        input = .ended
        switch state {
        case .idle, .receiving:
            // Bytes wait while the peer reads too slowly; they are looked at again when it has caught up.
            if hasWaiting { return .wait }
            state = .finishing
            return .close
        case .answering, .finishing, .closed: return .wait
        }
    }

    package enum DeadlineAction: Equatable { case close, answerTimeout, wait }

    /// The deadline has passed.
    package mutating func deadlinePassed() -> DeadlineAction {
        switch state {
        case .idle, .finishing:
            state = .finishing
            return .close
        case .receiving:
            state = .finishing
            return .answerTimeout
        case .answering, .closed: return .wait
        }
    }

    package enum DrainAction: Equatable { case close, wait }

    /// The server stops: what has begun is finished, nothing else is begun.
    package mutating func drain() -> DrainAction {
        isDraining = true
        switch state {
        case .idle:
            state = .finishing
            return .close
        case .receiving:
            state = .receiving(isLast: true)
            return .wait
        case .answering:
            state = .answering(isLast: true)
            return .wait
        case .finishing, .closed: return .wait
        }
    }

    /// The connection is gone.
    package mutating func closed() { state = .closed }
}
