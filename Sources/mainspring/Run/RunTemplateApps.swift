internal import AppRun
internal import ArgumentParser
internal import Glibc
internal import Reactor

extension HostedApp {
    /// An app of a template: what is given for it is checked as if it stood on a command line, and refused at its line.
    init(_ app: RunTemplate.App, of template: RunTemplate, besides ports: Set<Int>) throws(TemplateError) {
        let words = ["--app-id=\(app.appID)", "--http-port=0", "--metrics-port=0"]
        do {
            serve = try Serve.parse(words + app.flags.map { "--\($0.flag)=\($0.value)" })
        } catch {
            throw app.refusal(Serve.message(for: error), in: template)
        }
        command = app.command
        folder = app.folder
        variables = app.environment
        gRPCPort = app.port("daprGRPCPort") ?? RunPorts.free(besides: ports)
        try app.checkPorts(serve, in: template)
    }

    /// Opens its files and says where its lines go.
    mutating func open(
        _ app: RunTemplate.App, at time: String, console: AppConsole
    ) throws(AppStartError) {
        let files = try AppLogFiles(
            of: appID, in: folder, at: time, for: (app.appDestination, app.hostDestination), console: console)
        self.files = files
        lines = AppLog(
            appID: appID, console: app.appDestination.hasConsole ? console.output : nil,
            file: files.app?.queue,
            usesColour: Environment.value(of: "NO_COLOR") == nil)
        hostQueues = [files.host?.queue, app.hostDestination.hasConsole ? console.output : nil].compactMap(
            \.self)
    }
}

extension RunTemplate.App {
    /// What the parser of flags says of a value, at the line and with the name that the template has for it.
    fileprivate func refusal(_ message: String, in template: RunTemplate) -> TemplateError {
        var (text, line) = ("", Int?.none)
        var rest = message.split(whereSeparator: \.isWhitespace).joined(separator: " ")[...]
        while let dashes = rest.firstRange(of: "--") {
            text += rest[..<dashes.lowerBound]
            rest = rest[dashes.upperBound...]
            let name = String(rest.prefix { $0.isLetter || $0 == "-" })
            rest = rest.dropFirst(name.count)
            text += name == "app-id" ? "appID" : RunTemplate.key(of: name) ?? "--" + name
            line = line ?? flags.first { $0.flag == name }?.line
            // The parser's placeholder for a flag's value.
            if rest.hasPrefix(" <"), let end = rest.firstIndex(of: ">") { rest = rest[end...].dropFirst() }
        }
        text += rest
        return template.error(line: line ?? self.line, text)
    }

    /// Refuses a port that somebody has: before anything is started.
    fileprivate func checkPorts(_ serve: Serve, in template: RunTemplate) throws(TemplateError) {
        for port in ports {
            // An app that is started here has to get its port; one that is not has it already.
            if port.key == "appPort", command.isEmpty { continue }
            let hosts =
                switch port.key {
                case "appPort": [serve.app.address]
                case "daprHTTPPort": serve.api.addresses
                default: ["127.0.0.1"]
                }
            for host in hosts {
                let demand = RunPorts.Demand(name: port.key, host: host, port: port.port)
                if let problem = RunPorts.problem(demand) {
                    throw template.error(line: port.line, "\(port.key) \(problem)")
                }
            }
        }
    }
}
