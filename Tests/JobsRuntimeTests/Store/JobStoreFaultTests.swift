import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("What a failed group leaves behind in the store's own keys")
struct JobStoreFaultTests {
    private static let keys = LaneKeys(namespace: "default", appID: "garage")

    private static func fail(_ store: MemoryStore, _ harness: JobsHarness, _ moment: MemoryStore.Fault.Moment)
        throws
    {
        store.fault = .init(StoreError(code: .full, message: "full"), moment)
        try harness.schedule("lost", #"{"dueTime":"1h"}"#) { _ in }
        harness.advance(milliseconds: 1000)
        store.fault = nil
        for _ in 0..<20 { harness.advance(milliseconds: 1000) }
    }

    @Test("no generation is used twice after the group that reserved them failed")
    func reservation() throws {
        let store = MemoryStore()
        let harness = try JobsHarness(store: store)
        harness.begin()
        try Self.fail(store, harness, .beforeWriting)
        try harness.schedule("b", #"{"dueTime":"1h"}"#) { _ in }
        harness.advance(milliseconds: 1000)
        let key = StoreKeys.generation
        var value: [UInt8] = []
        var spec: [UInt8] = []
        Self.keys.spec(Array("b".utf8), into: &spec)
        let reserved = try store.get(key.span, into: &value)
        let used = try store.get(spec.span, into: &value)
        #expect(used != nil)
        #expect((reserved ?? 0) >= (used ?? 0), "reserved \(reserved as Any), in use \(used as Any)")
        harness.crash()
    }

    @Test("a job acknowledged after a fault fires after a restart", arguments: [true, false])
    func mark(isWritten: Bool) throws {
        let store = MemoryStore()
        _ = try OpenedStore(store, newStoreID: 7)
        // A lane whose mark has risen to ten hours from now.
        let group = OperationGroup()
        var key: [UInt8] = []
        var due: [UInt8] = []
        Self.keys.mark(into: &key)
        Self.keys.due(DueKey(time: JobsHarness.start + .seconds(36_000), name: []), into: &due)
        group.begin(tag: 0)
        group.put(key.span, version: 0, due.span)
        try store.commit(group)
        let harness = try JobsHarness(store: store)
        harness.begin()
        try Self.fail(store, harness, isWritten ? .afterWriting : .beforeWriting)
        var answers: [AppJobs.ScheduleResult] = []
        try harness.schedule("kept", #"{"dueTime":"1h"}"#) { answers.append($0) }
        harness.advance(milliseconds: 1000)
        #expect(answers.count == 1)
        harness.crash()
        let next = try JobsHarness(store: store, at: JobsHarness.start + .seconds(60))
        let receiver = RecordingReceiver(next)
        next.route("", to: receiver)
        next.begin()
        for _ in 0..<120 { next.advance(milliseconds: 60_000) }
        #expect(receiver.names.contains("kept"))
        next.crash()
    }
}
