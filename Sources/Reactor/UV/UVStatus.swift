internal import CLibuv

extension ReactorError {
    /// Throws what libuv answered, if it is an error.
    static func check(_ status: Int32, _ operation: StaticString) throws(ReactorError) {
        if status < 0 { throw ReactorError(uv: status, operation: operation) }
    }

    /// Names a libuv status for a caller who cannot see libuv.
    init(uv status: Int32, operation: StaticString) {
        let code: Code =
            switch status {
            case UV_EADDRINUSE.rawValue: .addressInUse
            case UV_EACCES.rawValue, UV_EPERM.rawValue: .permissionDenied
            case UV_EADDRNOTAVAIL.rawValue, UV_EINVAL.rawValue, UV_EAFNOSUPPORT.rawValue: .badAddress
            case UV_ECONNREFUSED.rawValue: .refused
            case UV_ECANCELED.rawValue, UV_EOF.rawValue: .closed
            default: .system
            }
        let reason = unsafe String(cString: uv_strerror(status))
        self.init(code: code, operation: operation.description, status: status, reason: reason)
    }
}
