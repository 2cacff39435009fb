/// What the command line asks for.
enum DemoCommand: Equatable {
    case serve(folder: String, port: UInt16)
    case story
    case help

    /// What `--help` prints.
    static let usage = """
        Usage: DemoHost [--data DIR] [--port N]   serve until Ctrl-C; jobs are kept in DIR (default: demo-data),
                                                  the jobs API is on 127.0.0.1:N (default: 3500; 0 takes a free one)
               DemoHost --story                   play the demo over real sockets, in a fresh folder, and end
        """

    /// A flag that is not known, or whose value cannot be used.
    struct WrongFlag: Error, CustomStringConvertible {
        let description: String
    }

    init(_ arguments: some Sequence<String>) throws(WrongFlag) {
        var arguments = arguments.makeIterator()
        var folder: String?
        var port: UInt16?
        var isStory = false
        while let flag = arguments.next() {
            switch flag {
            case "--data": folder = try Self.value(of: flag, arguments.next())
            case "--port":
                let text = try Self.value(of: flag, arguments.next())
                guard let number = UInt16(text) else {
                    throw WrongFlag(description: "--port \(text) is no port: use 0 to 65535")
                }
                port = number
            case "--story": isStory = true
            case "--help", "-h":
                self = .help
                return
            default:
                throw WrongFlag(description: "'\(flag)' is no flag of this program: see --help")
            }
        }
        guard isStory else {
            self = .serve(folder: folder ?? "demo-data", port: port ?? 3500)
            return
        }
        guard folder == nil, port == nil else {
            throw WrongFlag(description: "--story chooses its own folder and port: drop --data and --port")
        }
        self = .story
    }

    private static func value(of flag: String, _ value: String?) throws(WrongFlag) -> String {
        guard let value, !value.isEmpty else {
            throw WrongFlag(description: "\(flag) has no value: see --help")
        }
        return value
    }
}
