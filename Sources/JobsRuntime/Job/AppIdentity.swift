/// Whose jobs they are: a namespace and an app id, within which a job's name is unique.
package struct AppIdentity: Sendable, Hashable {
    /// The namespace; `default` where nothing else was said.
    package let namespace: String
    /// The app id.
    package let appID: String
    /// What stands before a name in the composed key, `app||<namespace>||<appID>||`.
    package let keyPrefix: String

    package init(namespace: String = "default", appID: String) {
        self.namespace = namespace
        self.appID = appID
        keyPrefix = "app||\(namespace)||\(appID)||"
    }

    /// The composed key of a job, as error messages show it.
    package func composedKey(_ name: [UInt8]) -> String {
        keyPrefix + String(decoding: name, as: UTF8.self)
    }
}
