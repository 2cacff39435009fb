internal import ArgumentParser
internal import Settings

/// Secrets of the host: never on the command line, never in a log.
enum Secret {
    /// What a file holds, or else a variable; `nil` where neither is given.
    ///
    /// The file is named by the variable's flag: `--dapr-api-token-file` for `DAPR_API_TOKEN`.
    static func read(_ variable: String, file: String?) throws -> String? {
        // An app of a run template has no words of its own for it: the variable is asked here too.
        let named = Environment.value(of: variable) == nil ? Environment.value(of: variable + "_FILE") : nil
        guard let file = file ?? named else { return Environment.value(of: variable) }
        let flag = "--" + variable.lowercased().map { $0 == "_" ? "-" : String($0) }.joined() + "-file"
        do { return try SecretFile.read(file) } catch { throw ValidationError("\(flag) \(error)") }
    }
}
