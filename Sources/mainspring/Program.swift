internal import Reactor

/// The process: its main thread runs the command line.
@main
enum Program {
    static func main() {
        StandardDescriptors.fill()
        ThreadExecutor().run { await Mainspring.runCommand() }
    }
}
