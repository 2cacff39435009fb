internal import Reactor

extension HTTPServer {
    /// Listens on `text`, a host and a port; answers with the same and the port that the system chose if none was named.
    ///
    /// - Parameter port: the port to take where `text` leaves it to the system.
    func listen(on text: String, port: Int? = nil, sockets: UVLoop) throws(ListenError) -> SocketAddress {
        do {
            var wanted = try SocketAddress(text)
            if wanted.port == 0, let port { wanted = try SocketAddress(host: wanted.host, port: port) }
            return try SocketAddress(host: wanted.host, port: try listen(on: wanted, loop: sockets))
        } catch {
            throw ListenError(address: text, cause: error)
        }
    }
}
