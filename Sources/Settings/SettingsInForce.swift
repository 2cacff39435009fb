internal import Configuration

/// What a host was told, and by whom: the command line before the environment before the file.
package struct SettingsInForce: Sendable {
    /// Who gave a value.
    package enum Source: Sendable, Equatable {
        /// A flag, by its plain spelling.
        case flag(String)
        /// A variable of the environment, by its name.
        case environment(String)
        /// A line of a file of settings.
        case file(String, line: Int)
        /// Nobody.
        case standard
    }

    /// A setting, its values as texts, and who gave them; no values, and the setting's own default holds.
    package struct Entry: Sendable {
        package let setting: Setting
        package let values: [String]
        package let source: Source
    }

    /// All settings, in the table's order.
    package let entries: [Entry]

    /// Reads what the words of a command line, the environment, and the file that either names have to say.
    ///
    /// A variable that is empty counts as not set.
    package init(words: [String], environment: [String: String]) throws(SettingsError) {
        let flags = FlagWords(words)
        let environment = environment.filter { !$0.value.isEmpty }
        try Self.checkNames(in: environment)
        let file = try Self.file(flags, environment)
        let reader = ConfigReader(providers: [
            EnvironmentVariablesProvider(environmentVariables: environment), Self.provider(file),
        ])
        var entries: [Entry] = []
        for setting in Setting.all {
            if let values = flags.values[setting.name] {
                let last = setting.shape == .list ? values : values.suffix(1)
                entries.append(Entry(setting: setting, values: last, source: .flag("--" + setting.name)))
                continue
            }
            let values = Self.values(of: setting, from: reader)
            let hasVariable = environment[setting.variable] != nil
            if let secret = setting.secret, environment[secret] != nil {
                guard !hasVariable else {
                    throw SettingsError("\(secret) and \(setting.variable) are both set: unset one")
                }
                // The secret itself is in the environment, which stands over the file.
                entries.append(Entry(setting: setting, values: [], source: .environment(secret)))
            } else if values.isEmpty {
                entries.append(Entry(setting: setting, values: [], source: .standard))
            } else if hasVariable {
                entries.append(
                    Entry(setting: setting, values: values, source: .environment(setting.variable)))
            } else if let file, let line = file.entries[setting.name]?.line {
                entries.append(Entry(setting: setting, values: values, source: .file(file.path, line: line)))
            }
        }
        self.entries = entries
    }

    /// The words to put before those of the command line, so that its parser reads what flags leave open.
    package var words: [String] {
        entries.flatMap { entry in
            if case .flag = entry.source { return [String]() }
            return entry.values.map { "--\(entry.setting.name)=\($0)" }
        }
    }

    /// A sentence of the command line's parser, with each flag that nobody gave named as what was given instead.
    package func renaming(_ sentence: String) -> String {
        var (result, place) = ("", "")
        var rest = Substring(sentence)
        while let dashes = rest.firstRange(of: "--") {
            result += rest[..<dashes.lowerBound]
            rest = rest[dashes.upperBound...]
            let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "-" }
            rest = rest[name.endIndex...]
            switch entries.first(where: { $0.setting.name == name })?.source {
            case .environment(let variable): result += variable
            case .file(let path, let line):
                result += name
                if place.isEmpty { place = "\(path):\(line): " }
            case .flag, .standard, nil:
                result += "--" + name
                continue
            }
            // The parser's placeholder for a flag's value.
            if rest.hasPrefix(" <"), let end = rest.firstIndex(of: ">") { rest = rest[end...].dropFirst() }
        }
        return place + result + rest
    }

    // MARK: Reading

    private static func checkNames(in environment: [String: String]) throws(SettingsError) {
        let known = Setting.all.map(\.variable)
        for name in environment.keys.sorted() where name.hasPrefix(Setting.variablePrefix) {
            guard !known.contains(name) else { continue }
            // The prefix is everybody's: only what follows tells them apart.
            let suffix = String(name.dropFirst(Setting.variablePrefix.count))
            let suffixes = known.filter { $0.hasPrefix(Setting.variablePrefix) }.map {
                String($0.dropFirst(Setting.variablePrefix.count))
            }
            let near = Nearest.name(to: suffix, among: suffixes).map { Setting.variablePrefix + $0 }
            let advice = near.map { "did you mean \($0)?" } ?? Setting.whereNamesStand
            throw SettingsError("unknown variable \(name) in the environment: \(advice)")
        }
    }

    private static func file(
        _ flags: FlagWords, _ environment: [String: String]
    ) throws(SettingsError) -> SettingsFile? {
        if let path = flags.values[Setting.file.name]?.last {
            return try SettingsFile(path: path, named: "--" + Setting.file.name)
        }
        guard let path = environment[Setting.file.variable] else { return nil }
        return try SettingsFile(path: path, named: Setting.file.variable)
    }

    private static func provider(_ file: SettingsFile?) -> InMemoryProvider {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (name, entry) in file?.entries ?? [:] {
            guard let setting = Setting.named(name) else { continue }
            let content: ConfigContent =
                setting.shape == .list ? .stringArray(entry.values) : .string(entry.values.joined())
            values[AbsoluteConfigKey(setting.key)] = ConfigValue(content, isSecret: false)
        }
        return InMemoryProvider(name: file?.path, values: values)
    }

    private static func values(of setting: Setting, from reader: ConfigReader) -> [String] {
        switch setting.shape {
        case .value, .truth: reader.string(forKey: setting.key).map { [$0] } ?? []
        case .list: reader.stringArray(forKey: setting.key) ?? []
        }
    }
}

extension Setting {
    /// The key that the providers know it by; that of the environment makes `variable` of it.
    var key: ConfigKey {
        let prefix = Self.variablePrefix.dropLast().lowercased()
        return ConfigKey(secret == nil ? [prefix, name] : [name])
    }
}
