/// An error answer of the API: the HTTP status and the document that clients of Dapr know.
package struct APIError: Error, Sendable, Equatable {
    /// What stands behind the message, for programs.
    package enum Details: Sendable, Equatable {
        /// Nothing: the document has a code and a message only.
        case none
        /// The app id.
        case app(AppIdentity)
        /// The app id and the namespace.
        case appAndNamespace(AppIdentity)
    }

    /// The status of the HTTP answer.
    package let httpStatus: Int
    /// What clients tell errors apart by, such as `DAPR_SCHEDULER_GET_JOB`.
    package let errorCode: String
    /// The sentence for people.
    package let message: String
    /// The rest of the document.
    package let details: Details
    /// What Dapr's scheduler would have said, where the error is one of its; the log repeats it.
    package let cause: RPCStatus?

    package init(
        httpStatus: Int, errorCode: String, message: String, details: Details = .none,
        cause: RPCStatus? = nil
    ) {
        self.httpStatus = httpStatus
        self.errorCode = errorCode
        self.message = message
        self.details = details
        self.cause = cause
    }

    /// Appends the document, byte for byte as Go's `encoding/json` writes it.
    package func write(to output: inout [UInt8]) {
        output.append(contentsOf: #"{"errorCode":"#.utf8)
        JSONString.append(errorCode, style: .go, to: &output)
        output.append(contentsOf: #","message":"#.utf8)
        JSONString.append(message, style: .go, to: &output)
        switch details {
        case .none: break
        case .app(let app): writeDetails(app.appID, namespace: nil, to: &output)
        case .appAndNamespace(let app): writeDetails(app.appID, namespace: app.namespace, to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }

    /// The document on its own.
    package var document: [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(384)
        write(to: &output)
        return output
    }

    private func writeDetails(_ appID: String, namespace: String?, to output: inout [UInt8]) {
        let kind = "type.googleapis.com/google.rpc.ErrorInfo"
        output.append(
            contentsOf: #","details":[{"@type":"\#(kind)","domain":"dapr.io","metadata":{"appID":"#.utf8)
        JSONString.append(appID, style: .go, to: &output)
        if let namespace {
            output.append(contentsOf: #","namespace":"#.utf8)
            JSONString.append(namespace, style: .go, to: &output)
        }
        output.append(contentsOf: #"},"reason":"#.utf8)
        JSONString.append(errorCode, style: .go, to: &output)
        output.append(contentsOf: "}]".utf8)
    }
}
