internal import CKeeper
internal import Glibc

/// The hidden command `mainspring child HOST COMMAND…`: the process between a host and an app that it started.
///
/// No command of the parser's: it has to be there before this process has a second thread.
enum Keeper {
    /// Never returns where this process was started as a keeper.
    static func runIfAsked() {
        let words = CommandLine.arguments
        guard words.count > 3, words[1] == "child", let host = Int32(words[2]) else { return }
        // The words as they came: not all need be text.
        exit(unsafe keeper_run(host, CommandLine.unsafeArgv + 3))
    }
}
