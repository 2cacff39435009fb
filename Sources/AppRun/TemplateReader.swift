internal import YAML

extension RunTemplate {
    /// Reads a template: a file, a folder with a `dapr.yaml`, or `-` for standard input.
    package static func read(_ argument: String) throws(TemplateError) -> RunTemplate {
        let file = try TemplateFile(argument)
        var reader = TemplateReader(file: file)
        return try reader.read()
    }
}

/// Makes a template of a file: values by key, `common` under each app, paths from the root, nothing twice.
struct TemplateReader {
    let file: TemplateFile
    private var unknown: [String] = []
    private var missing: [String] = []

    init(file: TemplateFile) { self.file = file }

    mutating func read() throws(TemplateError) -> RunTemplate {
        let top = try root()
        try checkVersion(top)
        var common = TemplateValues()
        if let entry = top["common"] { common = try values(of: entry.value, in: "common", line: entry.line) }
        guard let apps = top["apps"] else {
            throw error(
                nil, "apps is missing: give a list with an app's appDirPath and command in each entry")
        }
        guard case .sequence(let items) = apps.value.content, !items.isEmpty else {
            throw error(apps.line, "apps is \(apps.value.kind): a list of one app or more is wanted")
        }
        var read: [RunTemplate.App] = []
        for (index, item) in items.enumerated() {
            read.append(
                try app(values(of: item, in: "apps[\(index)]", line: item.line), common, line: item.line))
        }
        try checkDoubles(read)
        let name = try top["name"].map { entry throws(TemplateError) in try text(entry) } ?? ""
        return RunTemplate(
            file: file.shown, path: file.path, name: name.isEmpty ? FilePath.name(of: file.folder) : name,
            apps: read, warnings: warnings)
    }

    func error(_ line: Int?, _ reason: String) -> TemplateError {
        TemplateError(file: file.shown, line: line, reason: reason)
    }

    private var warnings: [String] {
        var warnings = missing.map { "\(file.shown): \($0)" }
        if !unknown.isEmpty {
            warnings.append("\(file.shown): unknown keys are ignored: \(unknown.joined(separator: ", "))")
        }
        return warnings
    }

    // MARK: The document

    private mutating func root() throws(TemplateError) -> [String: YAMLNode.Entry] {
        let root: YAMLNode?
        do throws(YAMLError) { root = try YAMLDocument.read(file.bytes) } catch let failure {
            throw error(failure.line, failure.reason)
        }
        guard let root else {
            throw error(nil, "it is empty: version and apps are wanted, see docs/run.md")
        }
        var top: [String: YAMLNode.Entry] = [:]
        for entry in try entries(of: root, in: "the template", line: root.line) {
            if ["version", "name", "common", "apps"].contains(entry.key) {
                top[entry.key] = entry
            } else {
                note(entry, among: ["version", "name", "common", "apps"])
            }
        }
        return top
    }

    private func checkVersion(_ top: [String: YAMLNode.Entry]) throws(TemplateError) {
        guard let entry = top["version"] else { throw error(1, "version is missing: write version: 1") }
        guard try number(entry) != 0 else {
            throw error(entry.line, "version is 0: a whole number other than 0 is wanted, such as 1")
        }
    }

    /// The keys of a mapping with those that `<<` brings in; its own win.
    private func entries(of node: YAMLNode, in place: String, line: Int) throws(TemplateError) -> [YAMLNode
        .Entry]
    {
        guard case .mapping(let own) = node.content else {
            if node.text == nil, case .scalar = node.content { return [] }
            throw error(line, "\(place) is \(node.kind): keys with values are wanted")
        }
        var entries = own.filter { $0.key != "<<" }
        for merge in own where merge.key == "<<" {
            var sources = [merge.value]
            if case .sequence(let list) = merge.value.content { sources = list }
            for source in sources {
                for entry in try self.entries(of: source, in: "<<", line: merge.line)
                where !entries.contains(where: { $0.key == entry.key }) { entries.append(entry) }
            }
        }
        return entries
    }

    private mutating func note(_ entry: YAMLNode.Entry, among names: [String]) {
        let lower = entry.key.lowercased()
        let near = names.first { $0.lowercased() == lower }.map { " (\($0) is meant?)" } ?? ""
        unknown.append("\"\(entry.key)\" in line \(entry.line)\(near)")
    }

    // MARK: Values

    private mutating func values(of node: YAMLNode, in place: String, line: Int) throws(TemplateError)
        -> TemplateValues
    {
        var values = TemplateValues()
        let isCommon = place == "common"
        for entry in try entries(of: node, in: place, line: line) {
            guard let field = TemplateField.named(entry.key), field.isCommon || !isCommon else {
                note(entry, among: TemplateField.all.map(\.name))
                continue
            }
            values.keep(field.name, try value(of: entry, field.kind), line: entry.line)
            if case .missing(let reason) = field.use, values.text(field.name) != "" {
                missing.append("\(field.name) in line \(entry.line) is ignored: \(reason)")
            }
        }
        return values
    }

    private func value(of entry: YAMLNode.Entry, _ kind: TemplateField.Kind) throws(TemplateError)
        -> TemplateValues.Value
    {
        switch kind {
        case .text: return .text(try text(entry))
        case .number: return .text(Self.nonZero(try number(entry)))
        case .port:
            let port = try number(entry)
            guard (0...65_535).contains(port) else {
                throw error(entry.line, "\(entry.key) is \(port): a port is wanted, 1 to 65535")
            }
            return .text(Self.nonZero(port))
        case .truth: return .text(try truth(entry) ? "true" : "")
        case .list: return .list(try list(entry))
        case .map: return .map(try map(entry))
        }
    }

    /// The zero value is as good as none.
    private static func nonZero(_ number: Int) -> String { number == 0 ? "" : "\(number)" }

    private func text(_ entry: YAMLNode.Entry) throws(TemplateError) -> String {
        guard case .scalar = entry.value.content else { throw wrong(entry, "a text is wanted") }
        return entry.value.text ?? ""
    }

    private func number(_ entry: YAMLNode.Entry) throws(TemplateError) -> Int {
        let wanted = "a whole number is wanted, without quotes"
        guard case .scalar(let text, let isQuoted) = entry.value.content else { throw wrong(entry, wanted) }
        if entry.value.text == nil { return 0 }
        guard !isQuoted, let number = Int(text) else { throw wrong(entry, wanted) }
        return number
    }

    private func truth(_ entry: YAMLNode.Entry) throws(TemplateError) -> Bool {
        let wanted = "true or false is wanted, without quotes"
        guard case .scalar(let text, let isQuoted) = entry.value.content else { throw wrong(entry, wanted) }
        if entry.value.text == nil { return false }
        switch text.lowercased() {
        case "true", "yes",
            "on" where !isQuoted:
            return true
        case "false", "no",
            "off" where !isQuoted:
            return false
        default: throw wrong(entry, wanted)
        }
    }

    private func list(_ entry: YAMLNode.Entry) throws(TemplateError) -> [String] {
        if entry.value.text == nil, case .scalar = entry.value.content { return [] }
        guard case .sequence(let items) = entry.value.content else {
            throw wrong(entry, #"a list of texts is wanted, such as ["python3", "app.py"]"#)
        }
        var texts: [String] = []
        for item in items {
            guard case .scalar(let text, _) = item.content else {
                throw error(item.line, "\(entry.key) has \(item.kind) in it: texts are wanted")
            }
            texts.append(text)
        }
        return texts
    }

    private func map(_ entry: YAMLNode.Entry) throws(TemplateError) -> [String: String] {
        var map: [String: String] = [:]
        for pair in try entries(of: entry.value, in: entry.key, line: entry.line) {
            guard case .scalar = pair.value.content else { throw wrong(pair, "a text is wanted") }
            guard !pair.key.isEmpty, !pair.key.contains("="), !pair.key.contains("\0") else {
                throw error(pair.line, "\"\(pair.key)\" is no name of a variable: use one without =")
            }
            map[pair.key] = pair.value.text ?? ""
        }
        return map
    }

    private func wrong(_ entry: YAMLNode.Entry, _ wanted: String) -> TemplateError {
        var found = entry.value.kind
        if case .scalar(let text, let isQuoted) = entry.value.content {
            found = isQuoted ? "the text \"\(text)\"" : "\"\(text)\""
        }
        return error(entry.line, "\(entry.key) is \(found): \(wanted)")
    }
}
