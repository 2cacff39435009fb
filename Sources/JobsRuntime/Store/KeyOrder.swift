internal import Glibc

/// The order of keys in every store: byte by byte, a prefix first.
enum KeyOrder {
    static func precedes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        let order = unsafe compareCommonBytes(left, right)
        return order == 0 ? left.count < right.count : order < 0
    }

    static func equal(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        unsafe left.count == right.count && compareCommonBytes(left, right) == 0
    }

    private static func compareCommonBytes(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
    ) -> Int32 {
        // An empty buffer may have no address at all.
        guard let first = left.baseAddress, let second = right.baseAddress else { return 0 }
        return unsafe memcmp(first, second, min(left.count, right.count))
    }
}
