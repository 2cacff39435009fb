internal import Glibc

/// How the terminal was when the run began, so that an app that changed it and was killed leaves no trace there.
struct TerminalState {
    private let attributes: termios?

    init() {
        var attributes = termios()
        self.attributes = unsafe tcgetattr(STDIN_FILENO, &attributes) == 0 ? attributes : nil
    }

    /// Whether this process is the one that the terminal's keys are for.
    static var isOurs: Bool { tcgetpgrp(STDIN_FILENO) == getpgrp() }

    /// Puts it back; in the background that is nobody's business.
    func restore() {
        guard var attributes, Self.isOurs else { return }
        unsafe tcsetattr(STDIN_FILENO, TCSANOW, &attributes)
    }
}
