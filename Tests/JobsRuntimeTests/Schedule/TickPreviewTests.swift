import JobsRuntime
import Reactor
import Testing

@Suite("Preview: the next ticks, as a person sees them")
struct TickPreviewTests {
    private func preview(
        _ schedule: String, zone: String? = nil, dueTime: String? = nil, repeats: UInt32? = nil,
        ttl: String? = nil, count: Int = 3, from start: String
    ) throws -> TickPreview {
        let request = TickPlan.Request(schedule: schedule, dueTime: dueTime, repeats: repeats, ttl: ttl)
        return try TickPreview(
            request, zone: zone, count: count, from: try #require(RFC3339.instant(start)))
    }

    @Test("a day on which the clocks go forward skips what they leave out, and says so")
    func forward() throws {
        let preview = try preview(
            "0 30 2 * * *", zone: "America/New_York", from: "2026-03-07T12:00:00Z")
        #expect(preview.zone == "America/New_York")
        #expect(
            preview.rows.map(\.local) == [
                "2026-03-09T02:30:00-04:00", "2026-03-10T02:30:00-04:00", "2026-03-11T02:30:00-04:00",
            ])
        #expect(preview.rows.map(\.note) == ["clocks go forward 1 h", nil, nil])
    }

    @Test("a wall time that comes twice is shown twice, with the change between")
    func back() throws {
        let preview = try preview(
            "CRON_TZ=America/New_York 0 30 1 * * *", count: 2, from: "2026-11-01T04:00:00Z")
        #expect(
            preview.rows.map(\.local) == ["2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"])
        #expect(preview.rows.map(\.note) == [nil, "clocks go back 1 h"])
    }

    @Test("half an hour, and a day that is left out")
    func oddChanges() throws {
        let lordHowe = try preview(
            "0 0 12 * * *", zone: "Australia/Lord_Howe", count: 2, from: "2026-04-03T12:00:00Z")
        #expect(lordHowe.rows.compactMap(\.note) == ["clocks go back 30 min"])
        let apia = try preview("0 0 12 * * *", zone: "Pacific/Apia", count: 2, from: "2011-12-29T12:00:00Z")
        #expect(
            apia.rows.map(\.local) == ["2011-12-29T12:00:00-10:00", "2011-12-31T12:00:00+14:00"])
        #expect(apia.rows.map(\.note) == [nil, "clocks go forward 24 h"])
    }

    @Test("due time, repeats and ttl count as they do for a job, and the end is said")
    func bounds() throws {
        let start = "2026-11-24T12:00:00Z"
        let repeated = try preview("@every 1m", dueTime: "5s", repeats: 2, from: start)
        #expect(
            repeated.rows.map { RFC3339.text($0.planned) } == [
                "2026-11-24T12:00:05Z", "2026-11-24T12:01:05Z",
            ])
        #expect(repeated.isComplete)
        #expect(repeated.table.hasSuffix("No further tick follows."))
        let expiring = try preview("@every 1s", ttl: "2s", count: 9, from: start)
        #expect(expiring.rows.count == 2)
        #expect(try !preview("@daily", from: start).isComplete)
    }

    @Test("a zone that contradicts the schedule's is refused, the same one is not")
    func zones() throws {
        let start = "2026-11-24T12:00:00Z"
        #expect(
            try preview("TZ=Europe/Berlin @daily", zone: "Europe/Berlin", from: start).zone == "Europe/Berlin"
        )
        for zone in ["Europe/Paris", "", "a b", "Mars/Base"] {
            #expect(throws: GrammarFault.self, "\(zone)") {
                try preview("TZ=Europe/Berlin @daily", zone: zone, from: start)
            }
        }
    }

    @Test(
        "distances have their two greatest units",
        arguments: [
            (0, "now"), (4_200, "in 4.2 s"), (59_000, "in 59 s"), (61_000, "in 1 min 1 s"),
            (3_600_000, "in 1 h"), (273_600_000, "in 3 d 4 h"), (-4_200, "4.2 s ago"),
        ] as [(Int64, String)])
    func distances(milliseconds: Int64, expected: String) {
        let start = WallTime(seconds: 1_795_521_600)
        #expect(TickPreview.distance(from: start, to: start + .milliseconds(milliseconds)) == expected)
    }

    @Test("JSON and table, to the byte")
    func texts() throws {
        let preview = try preview("@daily", count: 1, from: "2026-11-24T12:00:00Z")
        #expect(
            preview.json == """
                [
                {"planned":"2026-11-25T00:00:00Z","local":"2026-11-25T00:00:00+00:00","offsetSeconds":0,"note":null,"number":1}
                ]
                """)
        #expect(
            preview.table == """
                #  UTC                            UTC                   when
                1  Wed 2026-11-25 00:00:00+00:00  2026-11-25 00:00:00Z  in 12 h
                """)
    }
}
