internal import Reactor

/// The process: its main thread runs the command line.
@main
enum Program {
    static func main() {
        Keeper.runIfAsked()
        StandardDescriptors.fill()
        ThreadExecutor().run { await Mainspring.runCommand() }
    }
}
