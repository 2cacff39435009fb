import JobsRuntime
import Reactor
import Testing

@Suite("cron: the next match in UTC")
struct CronExpressionTests {
    @Test(
        "the contract's rows, and the carries from each field to the next",
        arguments: [
            ("0 0 0 29 Feb ?", "2012-07-09T00:00:00Z", "2016-02-29T00:00:00Z"),
            ("0 0 0 * Feb Mon/2", "2012-07-09T00:00:00Z", "2013-02-01T00:00:00Z"),
            ("15/35 20-35/15 1/2 */2 * *", "2012-07-09T23:35:51Z", "2012-07-11T01:20:15Z"),
            ("0 0/15 * * * *", "2012-07-09T14:59:59Z", "2012-07-09T15:00:00Z"),
            ("0 20-35/15 * * * *", "2012-07-09T15:45:00Z", "2012-07-09T16:20:00Z"),
            ("0 20-35/15 * * * *", "2012-07-09T23:45:00Z", "2012-07-10T00:20:00Z"),
            ("15/35 20-35/15 10-12 * * *", "2012-07-09T23:35:51Z", "2012-07-10T10:20:15Z"),
            ("0 0 0 9 Apr-Oct ?", "2012-07-09T23:35:00Z", "2012-08-09T00:00:00Z"),
            ("0 0 0 */5 Apr,Aug,Oct Mon", "2012-07-09T23:35:00Z", "2012-08-01T00:00:00Z"),
            ("0 0 0 */5 Oct Mon", "2012-07-09T23:35:00Z", "2012-10-01T00:00:00Z"),
            ("0 0 0 * Feb Mon", "2012-07-09T23:35:00Z", "2013-02-04T00:00:00Z"),
            ("0 * * * * *", "2012-12-31T23:59:45Z", "2013-01-01T00:00:00Z"),
            ("* * * * * *", "1969-12-31T23:59:58.999999999Z", "1969-12-31T23:59:59Z"),
            ("* * * * * *", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z"),
            ("59 59 23 31 12 *", "2026-12-31T23:59:59Z", "2027-12-31T23:59:59Z"),
        ])
    func rows(spec: String, after: String, expected: String) throws {
        #expect(try next(spec, after) == expected)
    }

    @Test(
        "29 February is found over the eight years around a century without one",
        arguments: [
            ("0 0 0 29 2 *", "2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"),
            ("59 59 23 29 2 *", "1896-03-01T00:00:00Z", "1904-02-29T23:59:59Z"),
            ("0 0 0 29 2 *", "1996-02-29T00:00:00Z", "2000-02-29T00:00:00Z"),
        ])
    func leapDays(spec: String, after: String, expected: String) throws {
        #expect(try next(spec, after) == expected)
    }

    @Test(
        "days: with a star in either field both must match, else one is enough (contract 4.1)",
        arguments: [
            ("0 0 0 1,15 * Sun", "2012-07-09T00:00:00Z", "2012-07-15T00:00:00Z"),
            ("0 0 0 1,15 * Sun", "2012-06-14T00:00:00Z", "2012-06-15T00:00:00Z"),
            ("0 0 0 */10 * Sun", "2012-07-14T00:00:00Z", "2012-07-15T00:00:00Z"),
            ("0 0 0 * * Mon", "2012-07-15T00:00:00Z", "2012-07-16T00:00:00Z"),
            ("0 0 0 1,15 * *", "2012-07-09T00:00:00Z", "2012-07-15T00:00:00Z"),
            ("0 0 0 */2 * Sun", "2012-07-12T00:00:00Z", "2012-07-13T00:00:00Z"),
            ("0 0 0 1,* * Sun", "2012-07-09T00:00:00Z", "2012-07-15T00:00:00Z"),
            ("0 0 0 */1 * Sun", "2012-07-09T00:00:00Z", "2012-07-15T00:00:00Z"),
            ("0 0 0 13 * ?", "2012-07-14T00:00:00Z", "2012-08-13T00:00:00Z"),
            ("0 0 0 , * Sun", "2012-07-09T00:00:00Z", "2012-07-15T00:00:00Z"),
            ("0 0 0 30 2 Sun", "2012-07-09T00:00:00Z", "2013-02-03T00:00:00Z"),
        ])
    func dayRule(spec: String, after: String, expected: String) throws {
        #expect(try next(spec, after) == expected)
    }

    @Test("the years end with 9999, and begin with 1")
    func ends() throws {
        #expect(try next("0 0 0 1 1 *", "9998-06-01T00:00:00Z") == "9999-01-01T00:00:00Z")
        #expect(try next("0 0 0 1 1 *", "9999-06-01T00:00:00Z") == nil)
        #expect(try next("* * * * * *", "9999-12-31T23:59:58Z") == "9999-12-31T23:59:59Z")
        #expect(try next("* * * * * *", "9999-12-31T23:59:59Z") == nil)
        #expect(try next("TZ=Asia/Tokyo * * * * * *", "9999-12-31T23:59:59Z") == nil)
        let daily = try Schedule("TZ=Asia/Tokyo 0 0 0 * * *")
        #expect(daily.next(after: WallTime(seconds: .max, nanoseconds: 999_999_999)) == nil)
        let first = try #require(daily.next(after: WallTime(seconds: .min)))
        #expect(RFC3339.text(first).hasPrefix("0001-01-01T"))
    }

    private func next(_ spec: String, _ after: String) throws -> String? {
        let after = try #require(RFC3339.instant(after))
        return try Schedule(spec).next(after: after).map { RFC3339.text($0) }
    }
}
