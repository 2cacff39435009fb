internal import ArgumentParser

/// The value of a flag that may stand alone or carry a truth value, as Go's flags do, by which Dapr's are read.
///
/// Such a flag is an option of text: as a `Bool` it would take what it cannot read for the flag alone, and so turn on what
/// somebody meant to turn off.
enum TruthFlag {
    private static let yes = ["true", "True", "TRUE", "t", "T", "1"]
    private static let no = ["false", "False", "FALSE", "f", "F", "0"]

    /// Refuses a text that is no truth value.
    static func check(_ text: String?, of flag: String) throws {
        guard let text, !(yes + no).contains(text) else { return }
        throw ValidationError("\(flag)=\(text) is neither: use true or false")
    }

    /// What a text that was checked says, or `standard` where the flag was not given.
    static func isOn(_ text: String?, standard: Bool = false) -> Bool {
        text.map { yes.contains($0) } ?? standard
    }
}
