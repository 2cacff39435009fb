/// Who is told of every answer of a server, on the loop: to count it, never to change it.
package protocol RequestObserver: AnyObject {
    /// A request was answered.
    func answered(_ request: AnsweredRequest, with response: HTTPResponse)
}

/// What an observer is told of a request once it has its answer.
package struct AnsweredRequest {
    /// Which route took it, as `Router.patterns` numbers them; `nil` for one that no route took.
    package let route: Int?
    /// The verb; `other` for one that was refused before it could be read.
    package let method: HTTPMethod
    /// From the moment its last byte was read to that of the answer.
    ///
    /// Both are the loop's own, in whole milliseconds: single values are rough, their sum is not.
    package let milliseconds: UInt64

    package init(route: Int?, method: HTTPMethod, milliseconds: UInt64) {
        self.route = route
        self.method = method
        self.milliseconds = milliseconds
    }
}
