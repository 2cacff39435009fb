package import Reactor

/// `GET /v1.0/metadata` and `PUT /v1.0/metadata/{key}` (contract, section 8.1).
///
/// On the loop only; one for all routers, so that what was put on one is seen on the other.
package final class MetadataRoutes {
    private let app: AppIdentity
    private let version: String
    private let connection: () -> AppConnection?
    private let schedulerAddresses: () -> [String]
    private var extended: ExtendedMetadata

    /// Routes that ask at each request how the app is reached, and where those are who keep and fire its jobs.
    package init(
        app: AppIdentity, version: String, connection: @escaping () -> AppConnection?,
        schedulerAddresses: @escaping () -> [String]
    ) {
        self.app = app
        self.version = version
        self.connection = connection
        self.schedulerAddresses = schedulerAddresses
        extended = ExtendedMetadata(version: version)
    }

    /// Adds the routes to a router: both, or the reading one.
    package func add(to router: Router, isWritable: Bool = true) {
        router.add(.get, "/v1.0/metadata") { [self] _, _, _ in .respond(.json(status: 200, document)) }
        guard isWritable else { return }
        router.add(.put, "/v1.0/metadata/{key}") { [self] request, parameters, _ in
            .respond(put(request, parameters))
        }
    }

    private var document: [UInt8] {
        MetadataDocument(
            id: app.appID, runtimeVersion: version, extended: extended.entries, app: connection(),
            schedulerAddresses: schedulerAddresses()
        ).bytes
    }

    /// What was put under `extended`.
    var entries: [(key: [UInt8], value: [UInt8])] { extended.entries }

    /// Keeps a value under `extended`.
    func put(_ value: [UInt8], for key: [UInt8]) throws(ExtendedMetadata.Refusal) {
        try extended.put(key, value)
    }

    private func put(_ request: HTTPRequest, _ parameters: RouteParameters) -> HTTPResponse {
        guard let key = parameters.decoded(0) else {
            let sent = unsafe GoQuote.quoted(Array(parameters[0]))
            return .error(.metadataRefused("metadata key \(sent): it has a broken percent-escape"))
        }
        do {
            try extended.put(key, unsafe Array(request.body))
            return .noContent
        } catch {
            return .error(.metadataRefused(error.message))
        }
    }
}
