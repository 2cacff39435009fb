import Settings
import TestKit
import Testing

@Suite("settings: who says what, and whose word holds")
struct SettingsInForceTests {
    private static func entry(
        _ name: String, _ words: [String] = [], _ environment: [String: String] = [:]
    ) throws -> SettingsInForce.Entry {
        let settings = try SettingsInForce(words: words, environment: environment)
        return try #require(settings.entries.first { $0.setting.name == name })
    }

    private static func file(_ folder: TemporaryFolder, _ text: String) throws -> String {
        try folder.write(text, to: "settings.yaml")
    }

    private static func refusal(
        _ words: [String] = [], _ environment: [String: String] = [:]
    ) -> String {
        let error = #expect(throws: SettingsError.self) {
            try SettingsInForce(words: words, environment: environment)
        }
        return error.map(String.init(describing:)) ?? ""
    }

    @Test("a flag stands over a variable, a variable over the file, the file over the default")
    func precedence() throws {
        let folder = try TemporaryFolder()
        let path = try Self.file(folder, "\nhttp-port: 3\n")
        let file = ["--config", path]
        let variable = ["MAINSPRING_HTTP_PORT": "2"]
        let flag = try Self.entry("http-port", file + ["--http-port", "1"], variable)
        #expect(flag.values == ["1"] && flag.source == .flag("--http-port"))
        let environment = try Self.entry("http-port", file, variable)
        #expect(
            environment.values == ["2"] && environment.source == .environment("MAINSPRING_HTTP_PORT"))
        let inFile = try Self.entry("http-port", file)
        #expect(inFile.values == ["3"] && inFile.source == .file(path, line: 2))
        let standard = try Self.entry("http-port")
        #expect(standard.values == [] && standard.source == .standard)
    }

    @Test("the file is named by a flag, or else by a variable")
    func fileName() throws {
        let folder = try TemporaryFolder()
        let first = try Self.file(folder, "app-id: one")
        let second = try folder.write("app-id: two", to: "other.yaml")
        let environment = ["MAINSPRING_CONFIG": first]
        #expect(try Self.entry("app-id", [], environment).values == ["one"])
        #expect(try Self.entry("app-id", ["--config=\(second)"], environment).values == ["two"])
    }

    @Test("values of a list replace those of the level below, and never add to them")
    func lists() throws {
        let folder = try TemporaryFolder()
        let file = ["--config", try Self.file(folder, "route:\n- a=echo\n- b=echo\napi-deny: metadata/v1\n")]
        #expect(try Self.entry("route", file).values == ["a=echo", "b=echo"])
        #expect(try Self.entry("api-deny", file).values == ["metadata/v1"])
        let variable = ["MAINSPRING_ROUTE": "c=echo, d=echo"]
        #expect(try Self.entry("route", file, variable).values == ["c=echo", "d=echo"])
        let words = file + ["--route", "e=echo", "--route=f=echo"]
        #expect(try Self.entry("route", words, variable).values == ["e=echo", "f=echo"])
    }

    @Test("every setting can be given by its variable and by its key", arguments: Setting.all)
    func names(setting: Setting) throws {
        guard setting != .file else { return }
        let given = try Self.entry(setting.name, [], [setting.variable: "x"])
        #expect(given.values == ["x"] && given.source == .environment(setting.variable))
        let folder = try TemporaryFolder()
        let path = try Self.file(folder, "\(setting.name): x")
        #expect(try Self.entry(setting.name, ["--config", path]).values == ["x"])
    }

    @Test("a variable that is empty counts as not set")
    func emptyVariable() throws {
        #expect(try Self.entry("http-port", [], ["MAINSPRING_HTTP_PORT": ""]).source == .standard)
    }

    @Test("a flag is known by each of its spellings, up to the two dashes")
    func spellings() throws {
        for words in [["-H", "1"], ["-H=1"], ["--dapr-http-port", "1"], ["--http-port=1"]] {
            #expect(try Self.entry("http-port", words).values == ["1"])
        }
        #expect(try Self.entry("http-port", ["--http-port", "1", "-H", "2"]).values == ["2"])
        #expect(try Self.entry("http-port", ["--", "-H", "1"]).source == .standard)
        #expect(try Self.entry("log-as-json", ["--log-as-json", "--app-id", "a"]).values == ["true"])
        #expect(try Self.entry("log-as-json", ["--log-as-json", "false"]).values == ["false"])
    }

    @Test("the parser gets what flags leave open, and nothing that they gave")
    func words() throws {
        let settings = try SettingsInForce(
            words: ["--http-port", "1"],
            environment: ["MAINSPRING_HTTP_PORT": "2", "MAINSPRING_ROUTE": "a=echo,b=echo"])
        #expect(settings.words == ["--route=a=echo", "--route=b=echo"])
    }

    @Test(
        "a variable that nobody knows is refused, with the nearest that somebody does",
        arguments: [
            ("MAINSPRING_HTTP_PROT", "did you mean MAINSPRING_HTTP_PORT?"),
            ("MAINSPRING_LOGLEVEL", "did you mean MAINSPRING_LOG_LEVEL?"),
            ("MAINSPRING_MAKE_COFFEE", "see mainspring serve --help"),
        ])
    func unknownVariable(name: String, advice: String) {
        let sentence = Self.refusal([], [name: "1"])
        #expect(sentence.contains(name) && sentence.contains(advice), "\(sentence)")
    }

    @Test(
        "a file that cannot be honoured is refused, and the line is named",
        arguments: [
            ("app-id: a\nhttp-prot: 1", "unknown key http-prot in FILE line 2: did you mean http-port?"),
            ("dapr-http-port: 1", "unknown key dapr-http-port in FILE line 1: did you mean http-port?"),
            ("coffee-and-cake: 1", "unknown key coffee-and-cake in FILE line 1: the names are those"),
            ("http-port: [1]", "FILE:1: http-port takes one value, and found a list"),
            ("http-port: {a: b}", "FILE:1: http-port wants a value, and found a mapping"),
            ("http-port:", "FILE:1: http-port wants a value, and found nothing"),
            ("route:\n- a=echo\n- [b]", "FILE:3: route wants a value, and found a list"),
            ("- a", "FILE:1: found a list, wanted keys and values"),
            ("a: [", "FILE:2: "), ("config: x", "FILE:1: config cannot stand in a file"),
            ("apiVersion: dapr.io/v1alpha1\nkind: Configuration", "FILE is one of Dapr's own resources"),
        ])
    func badFile(text: String, sentence: String) throws {
        let folder = try TemporaryFolder()
        let path = try Self.file(folder, text)
        let found = Self.refusal(["--config", path])
        #expect(found.contains(sentence.replacing("FILE", with: path)), "\(found)")
    }

    @Test("a file that is not there is refused, and so is who named it")
    func noFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "none.yaml")
        #expect(Self.refusal([], ["MAINSPRING_CONFIG": path]).contains("\(path) (MAINSPRING_CONFIG) cannot"))
        #expect(Self.refusal(["--config", folder.path]).contains("\(folder.path) (--config) is no file"))
    }

    @Test("a refusal of the parser names the variable, or the file and its line, where no flag was given")
    func renaming() throws {
        let folder = try TemporaryFolder()
        let path = try Self.file(folder, "\nlog-level: loud\n")
        let settings = try SettingsInForce(
            words: ["--config", path, "--app-id", ""], environment: ["MAINSPRING_HTTP_PORT": "x"])
        #expect(
            settings.renaming("The value 'x' is invalid for '--http-port <http-port>'")
                == "The value 'x' is invalid for 'MAINSPRING_HTTP_PORT'")
        #expect(
            settings.renaming("The value 'loud' is invalid for '--log-level <log-level>'")
                == "\(path):2: The value 'loud' is invalid for 'log-level'")
        let untouched = "--app-id must have 1 to 255 bytes; --http-port-range is no flag; --listen is none"
        #expect(settings.renaming(untouched) == untouched)
    }

    @Test(
        "a secret in the environment stands over its file's name in a file of settings, and beside no variable"
    )
    func secrets() throws {
        let folder = try TemporaryFolder()
        let file = ["--config", try Self.file(folder, "dapr-api-token-file: /from/file")]
        let secret = ["DAPR_API_TOKEN": "secret"]
        #expect(try Self.entry("dapr-api-token-file", file).values == ["/from/file"])
        let variable = try Self.entry("dapr-api-token-file", file, secret)
        #expect(variable.values == [] && variable.source == .environment("DAPR_API_TOKEN"))
        let flag = try Self.entry("dapr-api-token-file", file + ["--dapr-api-token-file", "/flag"], secret)
        #expect(flag.values == ["/flag"])
        let both = secret.merging(["DAPR_API_TOKEN_FILE": "/x"]) { $1 }
        #expect(Self.refusal([], both) == "DAPR_API_TOKEN and DAPR_API_TOKEN_FILE are both set: unset one")
    }
}
