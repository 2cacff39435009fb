internal import ArgumentParser

/// The flag that names the file of settings.
///
/// The file is read before the command line is parsed, see `SettingsWords`; here is only its name.
struct SettingsFlag: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "A YAML file with flags as keys, such as http-port: 3500; flags and variables of the environment win.",
            valueName: "file"))
    var file: String?
}
