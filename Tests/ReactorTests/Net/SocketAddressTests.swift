import Reactor
import Testing

@Suite struct SocketAddressTests {
    @Test(
        "an address is read from text and written as in a URL",
        arguments: [
            ("127.0.0.1:3500", "127.0.0.1:3500"), ("[::1]:80", "[::1]:80"), ("localhost:0", "127.0.0.1:0"),
            ("0.0.0.0:65535", "0.0.0.0:65535"), ("[fe80::1]:1", "[fe80::1]:1"),
        ])
    func reading(_ text: String, _ written: String) throws {
        #expect(try SocketAddress(text).description == written)
    }

    @Test(
        "what is no address is refused with a sentence",
        arguments: [
            "", "3500", ":3500", "127.0.0.1", "127.0.0.1:", "127.0.0.1:+1", "127.0.0.1:65536", "127.0.0.1:-1",
            "::1:80",
            "[::1]", "example.com:80", "256.0.0.1:80", "[127.0.0.1:80", "127.0.0.1:8o", "[]:80", "127.1:80",
        ])
    func refusing(_ text: String) {
        let error = #expect(throws: ReactorError.self) { try SocketAddress(text) }
        #expect(error?.code == .badAddress)
        #expect(error?.reason.isEmpty == false)
    }
}
