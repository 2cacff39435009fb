internal import Glibc

/// Makes sure that the descriptors 0 to 2 are what everybody takes them for.
///
/// A process that is started without them would open its store or its sockets there, and then log into those.
enum StandardDescriptors {
    static func fill() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            // The system gives out the lowest free number, which is this one.
            _ = unsafe open("/dev/null", O_RDWR)
        }
    }
}
