internal import FuzzTargets
internal import Glibc

/// What libFuzzer calls for each input; its own `main` is linked in by `--sanitize fuzzer`.
///
/// The target is named by `FUZZ_TARGET`, as all flags are libFuzzer's.
@c(LLVMFuzzerTestOneInput)
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    unsafe chosen.run(UnsafeRawBufferPointer(start: data, count: size))
    return 0
}

private let chosen: FuzzTarget = {
    let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
    if let target = FuzzTarget(rawValue: name) { return target }
    print("set FUZZ_TARGET to one of: \(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))")
    exit(2)
}()
