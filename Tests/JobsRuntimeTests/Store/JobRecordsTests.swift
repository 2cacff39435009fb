import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("Records of jobs")
struct JobRecordsTests {
    @Test("a job is read back as it was written")
    func specRoundTrip() throws {
        for record in try Self.specs() { #expect(try SpecRecord(decoding: record.encoded()) == record) }
    }

    @Test("a job's progress is read back as it was written")
    func progressRoundTrip() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("JobRecordsTests: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let record = Self.progress(&random)
            #expect(try ProgressRecord(decoding: record.encoded()) == record, "seed \(seed)")
        }
    }

    @Test("an absent data, an empty one and a null one stay three things")
    func emptyData() throws {
        for data in [nil, [], Array("null".utf8)] as [[UInt8]?] {
            #expect(try SpecRecord(decoding: Self.spec(data: data).encoded()).data == data)
        }
    }

    @Test("a field that this version does not know is refused, unless it says that it may be skipped")
    func unknownFields() throws {
        var random = SeededGenerator(seed: 1)
        let spec = try Self.spec(schedule: "@every 1m")
        let progress = Self.progress(&random)
        for tag in [UInt8(63), 10] {
            let field: [UInt8] = [tag, 2, 1, 1]
            let errors = [
                #expect(throws: StoreError.self) { try SpecRecord(decoding: spec.encoded() + field) },
                #expect(throws: StoreError.self) { try ProgressRecord(decoding: progress.encoded() + field) },
            ]
            for error in errors {
                #expect(error?.code == .newerFormat)
                #expect(error?.message.contains("field \(tag)") == true, "\(error?.message ?? "")")
            }
        }
        let harmless: [UInt8] = [64, 2, 1, 1, 255, 0]
        #expect(try SpecRecord(decoding: spec.encoded() + harmless) == spec)
        #expect(try ProgressRecord(decoding: progress.encoded() + harmless) == progress)
    }

    @Test("a record cut short is damage, wherever it is cut within a field that it needs")
    func cutShort() throws {
        var random = SeededGenerator(seed: 2)
        let progress = Self.progress(&random).encoded()
        for length in 0..<progress.count {
            Self.expectDamage { _ = try ProgressRecord(decoding: Array(progress[..<length])) }
        }
        // Up to the end of the two fields that no job is without.
        let spec = try Self.spec(schedule: "@every 1m").encoded()
        for length in 0..<24 { Self.expectDamage { _ = try SpecRecord(decoding: Array(spec[..<length])) } }
    }

    @Test("a field given twice, or out of turn, is damage")
    func repeatedField() throws {
        let count: [UInt8] = [1, 8, 0, 0, 0, 0, 0, 0, 0, 7]
        // As many fields as a record has, and most of them missing.
        Self.expectDamage { _ = try ProgressRecord(decoding: count + count + count + count + count) }
        var random = SeededGenerator(seed: 3)
        let progress = Self.progress(&random).encoded()
        Self.expectDamage { _ = try ProgressRecord(decoding: progress + count) }
    }

    @Test("text that is no UTF-8 is damage, and not another text", arguments: [3, 4, 7] as [UInt8])
    func brokenText(tag: UInt8) throws {
        let head: [UInt8] = [1, 8, 0, 0, 0, 0, 0, 0, 0, 7, 2, 12, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0]
        _ = try SpecRecord(decoding: head)
        Self.expectDamage { _ = try SpecRecord(decoding: head + [tag, 2, 0xFF, 0x68]) }
    }

    @Test("any bytes at all are read or refused, and never trap")
    func fuzz() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("JobRecordsTests: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        var originals = try Self.specs().map { $0.encoded() }
        for _ in 0..<5 { originals.append(Self.progress(&random).encoded()) }
        for round in 0..<20_000 {
            let bytes: [UInt8]
            if round % 3 == 0 {
                bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
            } else {
                bytes = Self.damaged(originals[Int.random(in: 0..<originals.count, using: &random)], &random)
            }
            Self.read(bytes) { _ = try SpecRecord(decoding: $0) }
            Self.read(bytes) { _ = try ProgressRecord(decoding: $0) }
        }
    }

    // MARK: Making records

    private static func spec(
        schedule: String? = nil, dueTime: String? = "1h", data: [UInt8]? = nil, repeats: UInt32? = nil,
        ttl: String? = nil
    ) throws -> SpecRecord {
        var fields = JobFields()
        fields.schedule = schedule
        fields.dueTime = dueTime
        fields.data = data
        fields.repeats = repeats
        fields.ttl = ttl
        let now = WallTime(seconds: 1_795_521_600, nanoseconds: 123_456_789)
        let plan = try TickPlan(
            .init(schedule: schedule, dueTime: dueTime, repeats: repeats, ttl: ttl), acceptedAt: now)
        let name = try JobName(Array("job".utf8), of: AppIdentity(appID: "garage"))
        let draft = JobDraft(name: name, fields: fields, plan: plan, acceptedAt: now)
        return SpecRecord(draft, storeID: 0xFEDC_BA98_7654_3210)
    }

    private static func specs() throws -> [SpecRecord] {
        try [
            spec(), try spec(dueTime: "1900-01-01T00:00:00Z"),
            try spec(schedule: "@every 1m", dueTime: nil),
            try spec(schedule: "CRON_TZ=Europe/Berlin 0 30 2 * * *", dueTime: nil, ttl: "P1Y"),
            try spec(schedule: "@every 1ms", data: Array(#"{"a":[1,"ü"]}"#.utf8), repeats: .max),
            // Lengths that take one, two and three bytes.
        ] + [127, 128, 20_000].map { try spec(data: [UInt8](repeating: 120, count: $0)) }
    }

    private static func progress(_ random: inout SeededGenerator) -> ProgressRecord {
        var record = ProgressRecord(firstDue: time(&random))
        record.count = .random(in: .min ... .max, using: &random)
        record.planned = time(&random)
        record.attempts = .random(in: .min ... .max, using: &random)
        record.due = time(&random)
        record.sequence = .random(in: .min ... .max, using: &random)
        record.isRetry = Bool.random(using: &random)
        return record
    }

    private static func time(_ random: inout SeededGenerator) -> WallTime {
        WallTime(
            seconds: .random(in: .min ... .max, using: &random),
            nanoseconds: .random(in: 0...999_999_999, using: &random))
    }

    private static func damaged(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(bytes.prefix(200))
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            guard !bytes.isEmpty else { break }
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.removeSubrange(index...)
            case 1: bytes[index] = 255
            case 2: bytes.remove(at: index)
            default: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
        }
        return bytes
    }

    private static func read(_ bytes: [UInt8], _ decode: ([UInt8]) throws -> Void) {
        do { try decode(bytes) } catch {
            let code = (error as? StoreError)?.code
            #expect(code == .corruption || code == .newerFormat, "\(error)")
        }
    }

    private static func expectDamage(_ decode: () throws -> Void) {
        let error = #expect(throws: StoreError.self) { try decode() }
        #expect(error?.code == .corruption)
    }
}
