/// Who may call the API, and which parts of it there are (contract, section 7).
public struct APIAccess: Sendable {
    /// What callers must send as `dapr-api-token`; `nil` asks for none.
    public var token: APIToken?
    /// Web pages that may call the API, such as `https://dash.example`; pages of all other origins are refused.
    public var allowedOrigins: [WebOrigin] = []
    /// The only parts that are served; empty: all.
    public var allowed: [APIRule] = []
    /// Parts that are not served, whatever `allowed` says.
    public var denied: [APIRule] = []

    /// Everything for everybody, but for web pages.
    public init() {}

    /// Whether a part is served over HTTP.
    ///
    /// A rule for another protocol alone does not count, as in Dapr.
    func serves(_ part: APIRule.Part) -> Bool {
        let allowed = allowed.filter(\.isForHTTP)
        if denied.contains(where: { $0.isForHTTP && $0.part == part }) { return false }
        return allowed.isEmpty || allowed.contains { $0.part == part }
    }
}

/// A part of the API by the names that Dapr's lists use: `jobs/v1`, `jobs/v1alpha1/http`, `metadata/v1.0`; our own
/// routes are `mainspring/v1`.
public struct APIRule: Sendable, Equatable {
    enum Part: Sendable, Equatable, CaseIterable { case jobs, jobsAlpha, metadata, mainspring }

    let part: Part
    let isForHTTP: Bool

    /// Reads `NAME/VERSION` or `NAME/VERSION/PROTOCOL`; `nil` for a part that there is not.
    ///
    /// Health checks are no part: they are always answered.
    public init?(_ text: String) {
        let words = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        guard words.count == 2 || words.count == 3 else { return nil }
        switch (words[0], words[1]) {
        case ("jobs", "v1"), ("jobs", "v1.0"): part = .jobs
        case ("jobs", "v1alpha1"), ("jobs", "v1.0-alpha1"): part = .jobsAlpha
        case ("metadata", "v1"), ("metadata", "v1.0"): part = .metadata
        case ("mainspring", "v1"): part = .mainspring
        default: return nil
        }
        switch words.count == 3 ? words[2] : "http" {
        case "http": isForHTTP = true
        case "grpc": isForHTTP = false
        default: return nil
        }
    }
}

/// The origin of a web page, as browsers send it: a scheme, a host and perhaps a port.
public struct WebOrigin: Sendable, Equatable {
    /// As it stands in a request's `Origin`.
    let bytes: [UInt8]

    /// Reads `https://dash.example` or `http://localhost:8080`, in lower case and without a path; `nil` for all else.
    ///
    /// There is no `*`: every page that its user opens could then schedule jobs.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        let schemes = ["http://", "https://"].map { Array($0.utf8) }
        guard let scheme = schemes.first(where: { bytes.starts(with: $0) }) else { return nil }
        let host = bytes[scheme.count...]
        let isHost = host.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "-.:[]_".utf8.contains($0)
            }
        }
        guard (1...253).contains(host.count), isHost else { return nil }
        self.bytes = bytes
    }
}
