import JobsRuntime
import Reactor
import TestKit
import Testing

/// The contract's sections 3 and 7: an app sees and changes its own jobs only.
@Suite("apps that share a store")
struct IsolationTests {
    private static let apps = [
        AppIdentity(namespace: "a", appID: "b"), AppIdentity(namespace: "a", appID: "bc"),
        AppIdentity(namespace: "ab", appID: "c"), AppIdentity(namespace: "a", appID: "b||c"),
        AppIdentity(namespace: "a||b", appID: "c"), AppIdentity(namespace: "A", appID: "b"),
    ]

    @Test("no key of one app lies among those of another, though one is a prefix of the other")
    func keys() {
        let names = ["", "c", "||c", "c||d"].map { Array($0.utf8) }
        let now = WallTime(seconds: 1_000_000)
        var owners: [[UInt8]: Int] = [:]
        for (index, app) in Self.apps.enumerated() {
            let keys = LaneKeys(namespace: app.namespace, appID: app.appID)
            var key: [UInt8] = []
            for name in names {
                keys.spec(name, into: &key)
                #expect(owners.updateValue(index, forKey: key) == nil)
                keys.progress(name, into: &key)
                #expect(owners.updateValue(index, forKey: key) == nil)
                keys.due(DueKey(time: now, name: name), into: &key)
                #expect(owners.updateValue(index, forKey: key) == nil)
            }
        }
        // A scan of one app's due order, from its first key to its end, meets no key of another.
        for (index, app) in Self.apps.enumerated() {
            let keys = LaneKeys(namespace: app.namespace, appID: app.appID)
            var (first, end): ([UInt8], [UInt8]) = ([], [])
            keys.due(DueKey(time: WallTime(seconds: .min), name: []), into: &first)
            keys.dueEnd(into: &end)
            for (key, owner) in owners
            where !key.lexicographicallyPrecedes(first) && key.lexicographicallyPrecedes(end) {
                #expect(owner == index)
            }
        }
    }

    @Test(
        "jobs of one name are two jobs; a delete of one app's leaves the other's, and each fires for its own")
    func jobs() throws {
        let store = MemoryStore()
        let names = ["x", "c||x", "||x"]
        for app in Self.apps {
            let harness = try JobsHarness(store: store, app: app)
            for name in names { _ = try harness.schedule(name, #"{"dueTime":"1s","data":1}"#) }
            harness.crash()
        }
        for (index, app) in Self.apps.enumerated() {
            let harness = try JobsHarness(store: store, app: app)
            let receiver = RecordingReceiver(harness)
            harness.route("", to: receiver)
            #expect(names.allSatisfy { harness.exists($0) == true }, "\(app)")
            if index == 0 {
                for name in names { _ = harness.delete(name) }
            }
            harness.begin()
            harness.advance(milliseconds: 5000)
            #expect(receiver.names.sorted() == (index == 0 ? [] : names.sorted()), "\(app)")
            harness.crash()
        }
    }

    @Test("names are compared byte by byte: case, and a letter written in two ways, make two jobs")
    func exactNames() throws {
        let harness = try JobsHarness()
        let names = ["r2", "R2", "e\u{301}", "\u{E9}", "a", "a "]
        for name in names.prefix(5) {
            let result = try harness.schedule(name, #"{"dueTime":"1h"}"#)
            if case .scheduled? = result { continue }
            Issue.record("\(name): \(String(describing: result))")
        }
        _ = harness.delete("r2")
        _ = harness.delete("e\u{301}")
        #expect(names.map { harness.exists($0) } == [false, true, false, true, true, false])
    }
}
