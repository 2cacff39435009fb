internal import JobsRuntime
internal import Reactor

/// The body of a schedule request: refused with words, or a draft whose data is JSON by itself.
func fuzzJSON(_ input: [UInt8]) {
    let now = WallTime(seconds: 1_795_521_600)
    let payloads = JobPayloads(app: AppIdentity(appID: "app"))
    let body = ByteBuffer()
    unsafe input.withUnsafeBytes { unsafe body.append($0) }
    do throws(APIError) {
        let draft = try unsafe payloads.decode(
            UnsafeRawBufferPointer(body.bytes), name: Array("fuzz".utf8), acceptedAt: now)
        check(draft)
    } catch {
        precondition((400...599).contains(error.httpStatus), "an error has a status of errors")
        precondition(String(validating: error.document, as: UTF8.self) != nil, "an error is text")
        check(isJSON: error.document)
    }
}

private func check(_ draft: JobDraft) {
    if let data = draft.data { check(isJSON: data) }
    let record = SpecRecord(draft, storeID: 1)
    let again = try? SpecRecord(decoding: record.encoded())
    precondition(again == record, "a record comes back as it was")
}

private func check(isJSON text: [UInt8]) {
    let padded = ByteBuffer()
    unsafe text.withUnsafeBytes { unsafe padded.append($0) }
    let walker = JSONWalker(fields: [])
    let kind = try? unsafe walker.walk(UnsafeRawBufferPointer(padded.bytes))
    precondition(kind != nil, "\(String(decoding: text, as: UTF8.self)) is no JSON")
}
