import JobsRuntime
import Reactor
import TestKit
import Testing

extension APIHarness {
    /// Schedules a job that is due in an hour, or with the body given.
    func post(_ name: String, _ body: String = #"{"dueTime":"1h"}"#) throws {
        #expect(try request("POST", "/v1.0/jobs/\(name)", body: body).status == 204)
    }

    /// The text of a field in each job or event of an answer, in their order.
    static func values(of field: String, in text: String) -> [String] {
        text.ranges(of: "\"\(field)\":\"").map { String(text[$0.upperBound...].prefix { $0 != "\"" }) }
    }

    /// Reads a list from its first page to its last; answers the names of each page.
    func pages(_ query: String, betweenPages: () throws -> Void = {}) throws -> [[String]] {
        var pages: [[String]] = []
        var cursor: String?
        repeat {
            let answer = try request(
                "GET", "/mainspring/v1/jobs?\(query)" + (cursor.map { "&cursor=\($0)" } ?? ""))
            #expect(answer.status == 200, "\(answer)")
            pages.append(Self.values(of: "name", in: answer.body))
            cursor = Self.values(of: "cursor", in: answer.body).first
            if cursor != nil { try betweenPages() }
        } while cursor != nil
        return pages
    }
}

@Suite("our own routes: jobs in pages, and previews")
struct OwnRoutesTests {
    @Test("jobs come in the order of their names, in pages of the size that was asked for")
    func pages() throws {
        let api = try APIHarness()
        for name in ["b", "a", "ab", "c", "a%20z"] { try api.post(name) }
        #expect(try api.pages("") == [["a", "a z", "ab", "b", "c"]])
        #expect(try api.pages("limit=2") == [["a", "a z"], ["ab", "b"], ["c"]])
        #expect(try api.pages("limit=5") == [["a", "a z", "ab", "b", "c"]])
        #expect(try api.pages("prefix=a") == [["a", "a z", "ab"]])
        #expect(try api.pages("prefix=a&limit=1") == [["a"], ["a z"], ["ab"]])
        #expect(try api.pages("prefix=a%20") == [["a z"]])
        #expect(try api.pages("prefix=zz") == [[]])
    }

    @Test("a page has a hundred jobs where nothing was said, and a thousand at most")
    func pageSizes() throws {
        let api = try APIHarness()
        for number in 0..<101 { try api.post("job-\(number)") }
        #expect(try api.pages("").map(\.count) == [100, 1])
        #expect(try api.pages("limit=1000").map(\.count) == [101])
        #expect(try api.request("GET", "/mainspring/v1/jobs?limit=1001").status == 400)
    }

    @Test("a page ends when it is large enough in bytes, with at least one job on it")
    func pageBytes() throws {
        var limits = JobLimits()
        limits.listBytes = 500
        let api = try APIHarness(jobs: limits)
        let data = String(repeating: "x", count: 300)
        for name in ["a", "b", "c"] { try api.post(name, #"{"dueTime":"1h","data":"\#(data)"}"#) }
        try api.post("d", #"{"dueTime":"1h","data":"\#(data + data)"}"#)
        #expect(try api.pages("") == [["a", "b"], ["c", "d"]])
    }

    @Test("a job is shown as it was submitted, with how it stands; times are in UTC")
    func item() throws {
        let api = try APIHarness()
        try api.post(
            "a",
            #"{"schedule":"@every 1h","repeats":3,"dueTime":"10s","ttl":"9h","data":{"b": 1},"failurePolicy":{"drop":{}}}"#
        )
        let list = try api.request("GET", "/mainspring/v1/jobs")
        #expect(list.headers["content-type"] == "application/json")
        #expect(
            list.body
                == #"{"jobs":[{"name":"a","state":"waiting","next":"2026-11-24T12:00:10Z","ticks":0,"attempts":0,"schedule":"@every 1h","repeats":3,"dueTime":"10s","ttl":"9h","data":{"b": 1}, "failurePolicy":{"drop":{}}}]}"#
        )
        api.jobs.advance(milliseconds: 10_100)
        let later = try api.request("GET", "/mainspring/v1/jobs").body
        #expect(later.contains(#""next":"2026-11-24T13:00:10Z","ticks":1,"attempts":0"#))
    }

    @Test("the state of a job is where it stands: waiting, running, settling, retrying, held, ready")
    func states() throws {
        let api = try APIHarness()
        func state(_ name: String) throws -> String? {
            let body = try api.request("GET", "/mainspring/v1/jobs?prefix=\(name)&limit=1").body
            return APIHarness.values(of: "state", in: body).first
        }
        api.receiver.answer = { _ in nil }
        try api.post("a", #"{"dueTime":"1s"}"#)
        try api.post("far", #"{"dueTime":"100h"}"#)
        #expect(try state("a") == "waiting" && state("far") == "waiting")
        api.jobs.advance(milliseconds: 1000)
        #expect(try state("a") == "running")
        api.jobs.driver.onLoop {
            api.receiver.finish(api.receiver.deliveries[0], .failed(reason: "x"))
        }
        #expect(try state("a") == "settling")
        api.jobs.advance(milliseconds: 100)
        #expect(try state("a") == "retrying")
        let body = try api.request("GET", "/mainspring/v1/jobs?prefix=a").body
        #expect(body.contains(#""next":"2026-11-24T12:00:01Z","nextAttempt":"2026-11-24T12:00:02Z""#))
        #expect(body.contains(#""attempts":1"#))
        api.jobs.driver.onLoop { api.receiver.isAccepting = false }
        api.jobs.advance(milliseconds: 5000)
        #expect(try state("a") == "held")
        api.receiver.slots = 0
        api.jobs.driver.onLoop { api.receiver.isAccepting = true }
        #expect(try state("a") == "ready")
    }

    @Test("a job whose record cannot be read is listed with its error, and hides no other")
    func unreadable() throws {
        let store = MemoryStore()
        let api = try APIHarness(store: store)
        try api.post("a")
        try api.post("c")
        let group = OperationGroup()
        var key: [UInt8] = []
        LaneKeys(namespace: "default", appID: "garage").spec(Array("b".utf8), into: &key)
        group.begin(tag: 0)
        let broken: [UInt8] = [1, 2, 3]
        group.put(key.span, version: 9, broken.span)
        try store.commit(group)
        let body = try api.request("GET", "/mainspring/v1/jobs").body
        #expect(APIHarness.values(of: "name", in: body) == ["a", "b", "c"])
        #expect(body.contains(#"{"name":"b","state":"unreadable","error":"the store is damaged"#))
    }

    @Test(
        "a wrong parameter is 400, and the message names it, what was found and what is wanted",
        arguments: [
            ("GET", "jobs?limit=0", #"parameter limit \"0\" is no whole number from 1 to 1000"#),
            ("GET", "jobs?limit=ten", #"parameter limit \"ten\""#),
            ("GET", "jobs?limit=99999999999999999999", "no whole number"),
            ("GET", "jobs?prefx=a", #"parameter \"prefx\" is no parameter of this route: use prefix, limit"#),
            ("GET", "jobs?prefix=a&prefix=b", "parameter prefix is given twice"),
            ("GET", "jobs?prefix=%zz", "broken percent-escape"),
            ("GET", "jobs?cursor=abc", "parameter cursor is none that a list has given"),
            ("GET", "jobs?cursor=1.6", "parameter cursor"), ("GET", "jobs?cursor=1.6G", "parameter cursor"),
            ("GET", "jobs?cursor=1.61&prefix=b", "another prefix"),
            ("DELETE", "jobs", "parameter prefix is missing"),
            ("DELETE", "jobs?prefix=", "say all=true"),
            ("DELETE", "jobs?prefix=&all=yes", "neither true nor false"),
            ("DELETE", "jobs?prefix=&all=false", "say all=true"),
            ("GET", "preview", "schedule is missing"),
            ("GET", "preview?schedule=@daily&count=0", "from 1 to 1000"),
            ("GET", "preview?schedule=*+*+*+*+*", "expected exactly 6 fields"),
            ("GET", "preview?schedule=@daily&zone=Mars/Base", "Mars/Base"),
            ("GET", "preview?schedule=@daily&repeats=4294967296", "parameter repeats"),
            ("GET", "preview?schedule=%FF", "is no UTF-8"),
            ("GET", "jobs/a/preview?count=1001", "parameter count"),
            ("GET", "jobs/a/preview?limit=1", "no parameter of this route"),
            ("GET", "events?limit=1", "no parameter of this route"),
        ])
    func wrongParameters(method: String, path: String, naming: String) throws {
        let api = try APIHarness()
        try api.post("a")
        let answer = try api.request(method, "/mainspring/v1/\(path)")
        #expect(answer.status == 400)
        #expect(answer.headers["content-type"] == "application/json")
        #expect(answer.body.hasPrefix(#"{"errorCode":"MAINSPRING_BAD_PARAMETER","message":"parameter "#))
        #expect(answer.body.contains(naming), "\(answer.body)")
        #expect(api.jobs.exists("a") == true)
    }

    @Test(
        "what none of the routes fits is the API's own 404",
        arguments: [
            ("POST", "/mainspring/v1/jobs"), ("PUT", "/mainspring/v1/events"), ("GET", "/mainspring/v2/jobs"),
            ("GET", "/mainspring/v1/jobs/a"), ("GET", "/mainspring/v1"),
        ])
    func unmatched(method: String, path: String) throws {
        let answer = try APIHarness().request(method, path, body: "{}")
        #expect(answer.status == 404 && answer.body.contains("ERR_DIRECT_INVOKE"))
    }

    @Test("a preview of a schedule has the ticks that a job would have, on its zone's clocks")
    func preview() throws {
        let api = try APIHarness()
        let answer = try api.request(
            "GET", "/mainspring/v1/preview?schedule=0+30+9+*+*+*&zone=Europe/Berlin&count=2")
        #expect(
            answer.body
                == #"{"zone":"Europe/Berlin","ticks":[{"planned":"2026-11-25T08:30:00Z","local":"2026-11-25T09:30:00+01:00","offsetSeconds":3600,"note":null,"number":1},{"planned":"2026-11-26T08:30:00Z","local":"2026-11-26T09:30:00+01:00","offsetSeconds":3600,"note":null,"number":2}],"complete":false}"#
        )
        let once = try api.request("GET", "/mainspring/v1/preview?dueTime=5s").body
        #expect(once.contains("2026-11-24T12:00:05Z") && once.hasSuffix(#""complete":true}"#))
        let three = try api.request("GET", "/mainspring/v1/preview?schedule=@every+1s&repeats=3").body
        #expect(APIHarness.values(of: "planned", in: three).count == 3 && three.contains("true}"))
    }

    @Test("a preview of a job goes on from where it stands, and counts the ticks that are spent")
    func previewSaved() throws {
        let api = try APIHarness()
        try api.post("a", #"{"schedule":"@every 1m","repeats":5}"#)
        try api.post("a-longer")
        api.jobs.advance(milliseconds: 150_000)
        let body = try api.request("GET", "/mainspring/v1/jobs/a/preview").body
        #expect(
            APIHarness.values(of: "planned", in: body)
                == ["2026-11-24T12:03:00Z", "2026-11-24T12:04:00Z", "2026-11-24T12:05:00Z"])
        #expect(body.hasSuffix(#""complete":true}"#))
        let one = try api.request("GET", "/mainspring/v1/jobs/a/preview?count=1").body
        #expect(one.contains("12:03:00Z") && one.hasSuffix(#""complete":false}"#))
        let none = try api.request("GET", "/mainspring/v1/jobs/a-/preview")
        #expect(none.status == 404 && none.body.contains(#"there is no job \"a-\""#))
    }

    @Test("only a few lists are read at a time; one more is 503")
    func listsUnderWay() throws {
        let api = try APIHarness()
        api.jobs.driver.setWorker("store-reader", isPaused: true)
        let list = "GET /mainspring/v1/jobs HTTP/1.1\r\nHost: 127.0.0.1:3500\r\n\r\n"
        let waiting = (0..<4).map { _ in api.connect(sending: list) }
        let refused = try api.request("GET", "/mainspring/v1/jobs")
        #expect(refused.status == 503 && refused.body.contains("MAINSPRING_BUSY"))
        api.jobs.driver.setWorker("store-reader", isPaused: false)
        #expect(waiting.allSatisfy { statuses($0.sent) == [200] })
        #expect(try api.request("GET", "/mainspring/v1/jobs").status == 200)
    }

    @Test("they stand behind the same gate as all others: token, origin, and the lists of parts")
    func access() throws {
        let paths = ["jobs", "preview?schedule=@daily", "events", "jobs/a/preview"]
        var access = APIAccess()
        access.token = APIToken("s3cret")
        let guarded = try APIHarness(access: access)
        for path in paths {
            #expect(try guarded.request("GET", "/mainspring/v1/\(path)").status == 401)
            #expect(try guarded.request("GET", "/mainspring/v1/\(path)", open: true).status == 404)
        }
        let token = ["dapr-api-token: s3cret"]
        #expect(try guarded.request("GET", "/mainspring/v1/jobs", headers: token).status == 200)
        for path in paths {
            let page = ["Origin: https://evil.example"]
            #expect(try APIHarness().request("GET", "/mainspring/v1/\(path)", headers: page).status == 403)
        }
        var denied = APIAccess()
        denied.denied = try [#require(APIRule("mainspring/v1"))]
        var others = APIAccess()
        others.allowed = try [#require(APIRule("jobs/v1"))]
        for access in [denied, others] {
            let api = try APIHarness(access: access)
            for path in paths { #expect(try api.request("GET", "/mainspring/v1/\(path)").status == 404) }
            #expect(try api.request("DELETE", "/mainspring/v1/jobs?prefix=a").status == 404)
            #expect(try api.request("GET", "/v1.0/jobs/a").status == 500)
        }
    }
}

@Suite("our own routes: lists while jobs come and go")
struct JobPagesModelTests {
    @Test(
        "a job that stands throughout is listed exactly once, in order",
        arguments: 1...20 as ClosedRange<UInt64>)
    func model(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let api = try APIHarness()
        var standing: Set<String> = []
        func name() -> String {
            let letters = ["a", "b", "ab", "é", "z"]
            return (0..<Int.random(in: 1...4, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? "a"
            }.joined()
        }
        for _ in 0..<60 {
            let name = name()
            if try api.jobs.schedule(name, #"{"dueTime":"1h","overwrite":true}"#) != nil {
                standing.insert(name)
            }
        }
        let prefix = ["", "a", "ab", "é"].randomElement(using: &random) ?? ""
        var throughout = standing.filter { $0.utf8.starts(with: prefix.utf8) }
        var seenEver = standing
        let limit = Int.random(in: 1...7, using: &random)
        let encoded = prefix == "é" ? "%C3%A9" : prefix
        let pages = try api.pages("prefix=\(encoded)&limit=\(limit)") {
            for _ in 0..<3 {
                let name = name()
                if Bool.random(using: &random) {
                    _ = try api.jobs.schedule(name, #"{"dueTime":"1h","overwrite":true}"#)
                    seenEver.insert(name)
                } else {
                    _ = api.jobs.delete(name)
                    throughout.remove(name)
                }
            }
        }
        let listed = pages.flatMap { $0 }
        #expect(Set(listed).count == listed.count, "listed twice")
        #expect(listed == listed.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        #expect(throughout.isSubset(of: listed) && Set(listed).isSubset(of: seenEver))
        #expect(listed.allSatisfy { $0.utf8.starts(with: prefix.utf8) })
        #expect(pages.dropLast().allSatisfy { $0.count == limit })
    }
}
