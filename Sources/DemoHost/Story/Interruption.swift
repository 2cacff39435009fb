internal import Glibc

/// SIGINT, SIGTERM and SIGHUP: kept waiting until the story asks, so that they end it in order, with its host stopped
/// and its folder removed.
enum Interruption {
    /// Keeps the signals waiting.
    ///
    /// Before the process has a second thread, which inherits this.
    static func hold() {
        var signals = set()
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Ends the story if one of the signals has come.
    static func check() throws(StoryFailure) {
        var signals = set()
        var atOnce = timespec()
        let signal = unsafe sigtimedwait(&signals, nil, &atOnce)
        if signal > 0 { throw StoryFailure("signal \(signal) ended it") }
    }

    private static func set() -> sigset_t {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&signals, signal) }
        return signals
    }
}
