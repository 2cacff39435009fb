/// What Dapr's scheduler would have answered over gRPC; its text is part of the API's error messages.
package struct RPCStatus: Error, Sendable, Equatable {
    /// A gRPC code, by the name that Go prints.
    package enum Code: String, Sendable {
        case unknown = "Unknown"
        case notFound = "NotFound"
        case alreadyExists = "AlreadyExists"
        case unavailable = "Unavailable"

        /// The status of the HTTP answer to a schedule request; all other requests collapse to 500.
        var httpStatusOfSchedule: Int {
            switch self {
            case .unknown: 500
            case .notFound: 404
            case .alreadyExists: 409
            case .unavailable: 503
            }
        }
    }

    /// The code.
    package let code: Code
    /// The sentence after `desc = `.
    package let description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// As Go prints an error that came over gRPC.
    package var text: String { "rpc error: code = \(code.rawValue) desc = \(description)" }
}

extension RPCStatus {
    /// A name that breaks the rules; on reading and deleting too.
    package static func invalidName(_ fault: JobName.Fault) -> RPCStatus {
        RPCStatus(.unknown, fault.message)
    }

    /// A job that breaks a rule of the contract's section 4.
    package static func invalidJob(_ text: String) -> RPCStatus {
        RPCStatus(.unknown, "job failed validation: \(text)")
    }

    /// There is a job of this name and it was not to be overwritten.
    package static func alreadyExists(_ name: [UInt8], of app: AppIdentity) -> RPCStatus {
        RPCStatus(.alreadyExists, "job already exists: '\(app.composedKey(name))'")
    }

    /// There is no job of this name.
    package static func notFound(_ name: [UInt8]) -> RPCStatus {
        RPCStatus(.notFound, "job not found: \(String(decoding: name, as: UTF8.self))")
    }

    /// The store refused the operation before anything was written: nothing changed, and a client may try
    /// again.
    package static func notStored(_ reason: String) -> RPCStatus {
        RPCStatus(.unavailable, "nothing was stored: \(reason)")
    }

    /// The operation was at the disk when that failed: nobody can say what a restart will find.
    package static func notKnown(_ reason: String) -> RPCStatus {
        RPCStatus(.unavailable, "it is not known whether it was stored: \(reason)")
    }

    /// The queue of clients' operations is full.
    package static func tooManyOperations(limit: Int) -> RPCStatus {
        RPCStatus(
            .unavailable, "nothing was stored: \(limit) operations wait for the store already; try again")
    }

    /// A read that the store could not answer.
    package static func notReadable(_ reason: String) -> RPCStatus {
        RPCStatus(.unavailable, "the store could not be read: \(reason)")
    }
}
