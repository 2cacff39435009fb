/// Texts at addresses that stay for a test: a walker's answers point into what it walked.
@safe final class KeptTexts {
    private var texts: [UnsafeMutableRawBufferPointer] = unsafe []

    /// A copy of the text, without a byte of room behind it.
    func keep(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        unsafe copy.copyBytes(from: bytes)
        unsafe texts.append(copy)
        return UnsafeRawBufferPointer(copy)
    }

    deinit { while let text = unsafe texts.popLast() { unsafe text.deallocate() } }
}
