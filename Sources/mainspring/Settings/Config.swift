internal import ArgumentParser
internal import Settings

/// `mainspring config`: what a host that is started so would do, and who says so.
struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Show what is in force and where each value comes from: flag, environment, file or default.",
        usage: "mainspring config [--json] [<flags of serve>]",
        discussion: """
            Takes the flags of serve, reads the same variables and the same file, refuses what serve would refuse, and \
            starts nothing. Of a secret it shows only whether there is one.
            """)

    @Flag(name: .customLong("json"), help: "A JSON array: setting, value, source and from of each.")
    var isJSON = false

    @OptionGroup var serve: Serve

    func run() throws {
        let settings = try SettingsInForce(
            words: Array(CommandLine.arguments.dropFirst()), environment: Environment.all)
        var rows = try settings.entries.map { try row($0) }
        rows.append(try namespace())
        for setting in Setting.all {
            guard let secret = setting.secret,
                let entry = settings.entries.first(where: { $0.setting == setting })
            else { continue }
            rows.append(self.secret(secret, entry))
        }
        print(isJSON ? ConfigRow.json(rows) : ConfigRow.table(rows))
    }

    private func row(_ entry: SettingsInForce.Entry) throws -> ConfigRow {
        let setting = entry.setting
        if setting.name == "data-dir" { return try dataDirectory(entry) }
        // What a secret's own variable says is told in the secret's row.
        guard !entry.values.isEmpty else {
            return ConfigRow(
                setting: setting.name, values: setting.standard.map { [$0] } ?? [], source: .standard,
                isList: setting.shape == .list)
        }
        return ConfigRow(
            setting: setting.name, values: entry.values, source: entry.source, isList: setting.shape == .list)
    }

    /// The folder itself, where the default is found by rules.
    private func dataDirectory(_ entry: SettingsInForce.Entry) throws -> ConfigRow {
        let folder = try serve.folder
        var source = entry.source
        if source == .standard, Environment.value(of: "STATE_DIRECTORY") != nil {
            source = .environment("STATE_DIRECTORY")
        }
        return ConfigRow(setting: entry.setting.name, values: [folder], source: source)
    }

    private func namespace() throws -> ConfigRow {
        let isGiven = Environment.value(of: "NAMESPACE") != nil
        return ConfigRow(
            setting: "namespace", values: [try serve.api.namespace],
            source: isGiven ? .environment("NAMESPACE") : .standard)
    }

    private func secret(_ variable: String, _ entry: SettingsInForce.Entry) -> ConfigRow {
        let name = String(variable.lowercased().map { $0 == "_" ? "-" : $0 })
        let isSet = entry.source != .standard
        return ConfigRow(setting: name, values: [isSet ? "set" : "not set"], source: entry.source)
    }
}
