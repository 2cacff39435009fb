package import Testing

extension Tag {
    /// A test with real processes, real disks and real waiting.
    @Tag package static var slow: Self
}
