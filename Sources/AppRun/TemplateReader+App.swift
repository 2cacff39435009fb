extension TemplateReader {
    /// An app of its own values and the common ones.
    func app(_ own: TemplateValues, _ common: TemplateValues, line: Int) throws(TemplateError)
        -> RunTemplate.App
    {
        let values = own.filled(from: common)
        let folder = try folder(values, line: line)
        let appID = values.text("appID")
        let (flags, ports) = Self.flagsAndPorts(values)
        return RunTemplate.App(
            appID: appID.isEmpty ? FilePath.name(of: folder) : appID, folder: folder,
            command: values.list("command"), environment: values.map("env"),
            appDestination: try destination("appLogDestination", values, standard: .fileAndConsole),
            hostDestination: try destination("daprdLogDestination", values, standard: .file),
            flags: flags, ports: ports, line: line)
    }

    private func folder(_ values: TemplateValues, line: Int) throws(TemplateError) -> String {
        let given = values.text("appDirPath")
        guard !given.isEmpty else {
            throw error(
                values.line(of: "appDirPath") ?? line,
                "appDirPath is missing: give the folder that the app runs in")
        }
        let folder = FilePath.absolute(given, in: file.folder)
        guard case .folder = FilePath.kind(of: folder) else {
            throw error(
                values.line(of: "appDirPath"), "appDirPath is \"\(given)\": there is no folder \(folder)")
        }
        return folder
    }

    private static func flagsAndPorts(_ values: TemplateValues)
        -> (flags: [RunTemplate.Flag], ports: [(key: String, port: Int, line: Int)])
    {
        var ports: [(key: String, port: Int, line: Int)] = []
        var flags: [RunTemplate.Flag] = []
        for field in TemplateField.all {
            let text = values.text(field.name)
            guard !text.isEmpty, let line = values.line(of: field.name) else { continue }
            if field.kind == .port, let port = Int(text) { ports.append((field.name, port, line)) }
            if case .flag(let flag) = field.use {
                flags.append(RunTemplate.Flag(flag: flag, key: field.name, line: line, value: text))
            }
        }
        return (flags, ports)
    }

    private func destination(
        _ key: String, _ values: TemplateValues, standard: LogDestination
    ) throws(TemplateError) -> LogDestination {
        let text = values.text(key)
        if text.isEmpty { return standard }
        guard let destination = LogDestination(rawValue: text) else {
            throw error(
                values.line(of: key), "\(key) is \"\(text)\": console, file or fileAndConsole is wanted")
        }
        return destination
    }

    /// Refuses two apps with one id, and one port for two things.
    func checkDoubles(_ apps: [RunTemplate.App]) throws(TemplateError) {
        var ids: [String: Int] = [:]
        var ports: [Int: (key: String, line: Int)] = [:]
        for app in apps {
            if let first = ids.updateValue(app.line, forKey: app.appID) {
                throw error(
                    app.line,
                    "the app id \"\(app.appID)\" is that of the app in line \(first) too: give each its own appID"
                )
            }
            for port in app.ports {
                if let first = ports.updateValue((port.key, port.line), forKey: port.port) {
                    throw error(
                        port.line,
                        "\(port.key) is \(port.port), which is \(first.key) in line \(first.line) too: choose another"
                    )
                }
            }
        }
    }
}
