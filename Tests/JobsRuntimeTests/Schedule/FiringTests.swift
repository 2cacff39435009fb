import JobsRuntime
import Reactor
import TestKit
import Testing

/// The whole way from a body to the ticks, on a virtual clock that begins on 2026-11-24 at 12:00:00 UTC.
@Suite("time: jobs fire when the contract says")
struct FiringTests {
    @Test(
        "the rows of the contract's table (4.5), to the millisecond; then the job is gone",
        arguments: [
            (#"{"dueTime":"0s"}"#, [0]),
            (#"{"dueTime":"PT2.S"}"#, nil),
            (#"{"dueTime":"PT2S"}"#, [2000]),
            (#"{"dueTime":"R0/PT2S"}"#, [2000]),
            (#"{"dueTime":"2026-11-24T13:00:02.25+01:00"}"#, [2250]),
            (#"{"schedule":"@every 1s","ttl":"3s"}"#, [1000, 2000, 3000]),
            (#"{"schedule":"@every 1s","repeats":2}"#, [1000, 2000]),
            (#"{"schedule":"@every 1m","dueTime":"0s","ttl":"2m"}"#, [0, 60_000, 120_000]),
            (#"{"schedule":"@every 1s","dueTime":"1s","repeats":3}"#, [1000, 2000, 3000]),
            (#"{"schedule":"@every 5s","dueTime":"2s","ttl":"10s"}"#, [2000, 7000, 12_000]),
            (#"{"schedule":"@daily","repeats":3,"dueTime":"10s","ttl":"11s"}"#, [10_000]),
            (#"{"schedule":"*/20 * * * * *","ttl":"1m"}"#, [20_000, 40_000, 60_000]),
            (#"{"schedule":"@hourly","repeats":2,"ttl":"P1D"}"#, [3_600_000, 7_200_000]),
            (#"{"schedule":"30 0 13 * * ?","dueTime":"1500ms","repeats":2}"#, [1500, 3_630_000]),
            (#"{"schedule":"TZ=Asia/Kathmandu @hourly","repeats":2}"#, [900_000, 4_500_000]),
        ] as [(String, [Int64]?)])
    func rows(body: String, expected: [Int64]?) throws {
        let (harness, receiver) = try JobsHarness.recording()
        guard let expected else {
            #expect(throws: APIError.self) { try harness.schedule("a", body) }
            return
        }
        _ = try harness.schedule("a", body)
        harness.advance(milliseconds: 3 * 3_600_000)
        #expect(receiver.milliseconds == expected)
        #expect(harness.exists("a") == false)
        #expect(harness.store.count == harness.emptyStoreKeys)
    }

    @Test(
        "a midnight up to the ttl fires too: @daily, dueTime 10s, ttl 11s at a quarter of a minute before it")
    func midnight() throws {
        let evening = JobsHarness.start + .seconds(43_185)
        let (harness, receiver) = try JobsHarness.recording(at: evening)
        _ = try harness.schedule("a", #"{"schedule":"@daily","repeats":3,"dueTime":"10s","ttl":"11s"}"#)
        harness.advance(milliseconds: 100_000)
        #expect(receiver.deliveries.map(\.time) == [evening + .seconds(10), evening + .seconds(15)])
        #expect(harness.exists("a") == false)
    }

    @Test("a year of a monthly job in a zone: the wall time stays, the instant moves by an hour in summer")
    func monthsInAZone() throws {
        let (harness, receiver) = try JobsHarness.recording()
        _ = try harness.schedule("a", #"{"schedule":"CRON_TZ=Europe/Berlin 0 30 9 1 * *","repeats":12}"#)
        harness.advance(milliseconds: 366 * 86_400_000)
        let texts = receiver.deliveries.map { RFC3339.text($0.time) }
        #expect(texts.count == 12)
        #expect(texts.first == "2026-12-01T08:30:00Z")
        #expect(texts[4...].prefix(7).allSatisfy { $0.hasSuffix("T07:30:00Z") })
        #expect(texts.last == "2027-11-01T08:30:00Z")
    }

    @Test("a job at a wall time that comes twice fires twice, and one that is left out does not fire")
    func changesOfTheClocks() throws {
        let before = try #require(RFC3339.instant("2026-10-24T23:00:00Z"))
        let (autumn, twice) = try JobsHarness.recording(at: before)
        _ = try autumn.schedule("a", #"{"schedule":"TZ=Europe/Berlin 0 30 2 * * *","repeats":3}"#)
        autumn.advance(milliseconds: 2 * 86_400_000)
        #expect(
            twice.deliveries.map { RFC3339.text($0.time) } == [
                "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z",
            ])
        let winter = try #require(RFC3339.instant("2027-03-27T23:00:00Z"))
        let (spring, never) = try JobsHarness.recording(at: winter)
        _ = try spring.schedule("a", #"{"schedule":"TZ=Europe/Berlin 0 30 2 * * *","repeats":1}"#)
        spring.advance(milliseconds: 2 * 86_400_000)
        #expect(never.deliveries.map { RFC3339.text($0.time) } == ["2027-03-29T00:30:00Z"])
    }

    @Test("ttl: a tick planned before it fires, however late, and none that is planned after it")
    func lateTicks() throws {
        let store = MemoryStore()
        let (before, _) = try JobsHarness.recording(on: store)
        _ = try before.schedule("a", #"{"schedule":"*/10 * * * * *","ttl":"35s"}"#)
        before.crash()
        let (after, receiver) = try JobsHarness.recording(on: store, at: JobsHarness.start + .seconds(3600))
        after.advance(milliseconds: 100)
        #expect(
            receiver.deliveries.map(\.trigger.plannedTime)
                == [10, 20, 30].map { JobsHarness.start + .seconds($0) })
        #expect(after.exists("a") == false)
    }

    @Test("ttl: retries are not cut off by it")
    func retries() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.answer = { _ in .failed(reason: "no") }
        _ = try harness.schedule("a", #"{"schedule":"@every 1s","ttl":"1s"}"#)
        harness.advance(milliseconds: 10_000)
        #expect(receiver.milliseconds == [1000, 2000, 3000, 4000])
        #expect(harness.exists("a") == false)
    }

    @Test("ttl counts from the due time, and ends the catching up of a due time in the past")
    func catchUpEnds() throws {
        let (harness, receiver) = try JobsHarness.recording()
        _ = try harness.schedule("a", #"{"schedule":"@every 1s","dueTime":"-10s","ttl":"5s"}"#)
        harness.advance(milliseconds: 10)
        #expect(
            receiver.deliveries.map(\.trigger.plannedTime)
                == (-10 ... -5).map { JobsHarness.start + .seconds($0) })
        #expect(harness.exists("a") == false)
    }

    @Test("missed ticks of a cron schedule are caught up, one by one, and then it goes on")
    func catchUp() throws {
        let store = MemoryStore()
        let (before, _) = try JobsHarness.recording(on: store)
        _ = try before.schedule("a", #"{"schedule":"CRON_TZ=Australia/Lord_Howe 0 0 * * * *"}"#)
        before.crash()
        let (after, receiver) = try JobsHarness.recording(
            on: store, at: JobsHarness.start + .seconds(4 * 3600 + 60))
        after.advance(milliseconds: 3_600_000)
        let planned = receiver.deliveries.map(\.trigger.plannedTime)
        #expect(planned == (1...5).map { JobsHarness.start + .seconds($0 * 3600) })
    }

    @Test("a due time before the year 1 fires at once, with a planned time that can be written")
    func ancient() throws {
        let (harness, receiver) = try JobsHarness.recording()
        _ = try harness.schedule("a", #"{"dueTime":"0000-01-01T00:00:00+23:59"}"#)
        harness.advance(milliseconds: 10)
        #expect(receiver.deliveries.map { RFC3339.text($0.trigger.plannedTime) } == ["0001-01-01T00:00:00Z"])
    }

    @Test("a job whose zone the system has no more is refused when it is read, by name")
    func zoneGone() throws {
        let (harness, _) = try JobsHarness.recording()
        let draft = try harness.draft("a", #"{"schedule":"TZ=Asia/Tokyo @daily"}"#)
        let bytes = SpecRecord(draft, storeID: 1).encoded()
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: "Tokyo".utf8) })
        var changed = bytes
        changed[place] = UInt8(ascii: "X")
        let error = #expect(throws: StoreError.self) { try SpecRecord(decoding: changed) }
        #expect(
            error?.message.contains("provided bad location Asia/Xokyo: unknown time zone Asia/Xokyo") == true)
        #expect(error?.isOfOneRecord == true)
    }
}
