import AppRun
import TestKit
import Testing

/// What a run template says, and what is said of a wrong one.
@Suite("Run template")
struct RunTemplateTests {
    /// Reads a template that lies in a folder with the folders `one` and `two`.
    private func read(_ text: String, in folder: TemporaryFolder, named name: String = "dapr.yaml") throws
        -> RunTemplate
    {
        try folder.makeFolder("one")
        try folder.makeFolder("two")
        return try RunTemplate.read(folder.write(text, to: name))
    }

    private func refusal(_ text: String) throws -> TemplateError? {
        let folder = try TemporaryFolder()
        do {
            _ = try read(text, in: folder)
            return nil
        } catch let error as TemplateError {
            #expect(error.file == folder.path(of: "dapr.yaml"))
            return error
        }
    }

    @Test("each field is read, with a line for each that a host may refuse")
    func fields() throws {
        let folder = try TemporaryFolder()
        let template = try read(
            """
            version: 1
            name: garage
            apps:
              - appID: service
                appDirPath: ./one/
                appPort: 6200
                daprHTTPPort: 6280
                daprGRPCPort: 6281
                daprInternalGRPCPort: 6282
                metricsPort: 6283
                appProtocol: http
                appChannelAddress: localhost
                appMaxConcurrency: -1
                enableAppHealthCheck: true
                appHealthCheckPath: /health
                appHealthProbeInterval: 3
                appHealthProbeTimeout: 100
                appHealthThreshold: 2
                logLevel: debug
                maxBodySize: 8Mi
                readBufferSize: 8Ki
                apiListenAddresses: 127.0.0.1
                schedulerHostAddress: localhost
                placementHostAddress: localhost
                configFilePath: ./config.yaml
                resourcesPath: ./resources
                resourcesPaths: [./a, ./b]
                runtimePath: /opt
                enableApiLogging: true
                appLogDestination: console
                daprdLogDestination: fileAndConsole
                env:
                  NUMBER: 3
                  TRUTH: true
                  EMPTY:
                command: [python3, app.py, 7]
            """, in: folder)
        #expect(template.name == "garage" && template.path == folder.path(of: "dapr.yaml"))
        #expect(template.warnings == [])
        let app = try #require(template.apps.first)
        #expect(app.appID == "service" && app.folder == folder.path(of: "one") && app.line == 4)
        #expect(app.command == ["python3", "app.py", "7"])
        #expect(app.environment == ["NUMBER": "3", "TRUTH": "true", "EMPTY": ""])
        #expect(app.appDestination == .console && app.hostDestination == .fileAndConsole)
        #expect(app.ports.map(\.port) == [6200, 6280, 6281, 6282, 6283])
        #expect(
            app.flags.map { "\($0.line) \($0.flag)=\($0.value)" } == [
                "6 app-port=6200", "7 http-port=6280", "10 metrics-port=6283", "11 app-protocol=http",
                "12 app-channel-address=localhost", "13 app-max-concurrency=-1",
                "14 enable-app-health-check=true",
                "15 app-health-check-path=/health", "16 app-health-probe-interval=3",
                "17 app-health-probe-timeout=100", "18 app-health-threshold=2", "19 log-level=debug",
                "20 max-body-size=8Mi", "21 read-buffer-size=8Ki", "22 listen=127.0.0.1",
            ])
    }

    @Test(
        "what is left out has Dapr's defaults: the folder's name as app id, both files and the console for the app"
    )
    func defaults() throws {
        let folder = try TemporaryFolder()
        let template = try read("version: 1\napps:\n- appDirPath: one\n", in: folder)
        let app = try #require(template.apps.first)
        #expect(app.appID == "one" && app.command == [] && app.flags == [] && app.ports.isEmpty)
        #expect(app.appDestination == .fileAndConsole && app.hostDestination == .file)
        #expect(template.name == folder.path.split(separator: "/").last.map(String.init))
    }

    @Test("a common value holds where the app's is the zero value, so that none can switch a common true off")
    func common() throws {
        let template = try read(
            """
            version: 1
            common:
              enableAppHealthCheck: true
              logLevel: warn
              appMaxConcurrency: 5
              env: {SHARED: common, OWN: common}
            apps:
              - appDirPath: one
                enableAppHealthCheck: false
                logLevel: ""
                appMaxConcurrency: 0
                env: {OWN: app}
              - appDirPath: two
                logLevel: error
                appMaxConcurrency: 2
            """, in: TemporaryFolder())
        let flags = template.apps.map { $0.flags.map { "\($0.flag)=\($0.value)" } }
        #expect(
            flags == [
                ["app-max-concurrency=5", "enable-app-health-check=true", "log-level=warn"],
                ["app-max-concurrency=2", "enable-app-health-check=true", "log-level=error"],
            ])
        #expect(
            template.apps.map(\.environment) == [
                ["SHARED": "common", "OWN": "app"], ["SHARED": "common", "OWN": "common"],
            ])
    }

    @Test("anchors and merge keys are read as YAML has them")
    func merging() throws {
        let template = try read(
            """
            version: 1
            apps:
              - &first
                appDirPath: one
                logLevel: warn
                command: [run]
              - <<: *first
                appID: second
                logLevel: error
            """, in: TemporaryFolder())
        #expect(template.apps.map(\.command) == [["run"], ["run"]])
        #expect(template.apps.map { $0.flags.map(\.value) } == [["warn"], ["error"]])
    }

    @Test("unknown keys are passed over with one warning that names them and their lines")
    func unknownKeys() throws {
        let folder = try TemporaryFolder()
        let template = try read(
            """
            version: 1
            extra: 1
            common:
              appPort: 3
            apps:
              - appDirPath: one
                appId: x
                nested: {a: 1}
            """, in: folder)
        #expect(
            template.warnings == [
                "\(folder.path(of: "dapr.yaml")): unknown keys are ignored: \"extra\" in line 2, \"appPort\" in line 4 (appPort is meant?), \"appId\" in line 7 (appID is meant?), \"nested\" in line 8"
            ])
    }

    @Test("a socket in the file system is not served, which is said")
    func unixSocket() throws {
        let template = try read(
            "version: 1\napps:\n- appDirPath: one\n  unixDomainSocket: /tmp\n", in: TemporaryFolder())
        #expect(template.warnings.count == 1)
        #expect(template.warnings.first?.contains("unixDomainSocket in line 4 is ignored") == true)
    }

    @Test(
        "a wrong template is refused with the line, what was found and what is wanted",
        arguments: [
            ("version: 1\napps:\n- appDirPath: [", 4, "did not find"),
            ("version: 1\napps:\n- appDirPath: one\n\tappPort: 1\n", 4, "character"),
            ("apps:\n- appDirPath: one\n", 1, "version is missing: write version: 1"),
            (
                "version: 0\napps:\n- appDirPath: one\n", 1,
                "version is 0: a whole number other than 0 is wanted"
            ),
            ("version: one\napps:\n- appDirPath: one\n", 1, "version is \"one\": a whole number is wanted"),
            ("version: 1\n", nil, "apps is missing"),
            ("version: 1\napps: []\n", 2, "a list of one app or more"),
            ("version: 1\napps: {a: 1}\n", 2, "apps is a mapping: a list"), ("", nil, "it is empty"),
            ("- 1\n", 1, "the template is a list: keys with values are wanted"),
            ("version: 1\napps:\n- appID: a\n", 3, "appDirPath is missing"),
            ("version: 1\napps:\n- appDirPath: \"\"\n", 3, "appDirPath is missing"),
            ("version: 1\napps:\n- appDirPath: none\n", 3, "appDirPath is \"none\": there is no folder /"),
            ("version: 1\napps:\n- appDirPath: dapr.yaml\n", 3, "there is no folder"),
            ("version: 1\napps:\n- one\n", 3, "apps[0] is a value: keys with values"),
            (
                "version: 1\napps:\n- appDirPath: one\n  appPort: \"6200\"\n", 4,
                "appPort is the text \"6200\": a whole number"
            ),
            (
                "version: 1\napps:\n- appDirPath: one\n  appPort: 1.5\n", 4,
                "appPort is \"1.5\": a whole number"
            ),
            (
                "version: 1\napps:\n- appDirPath: one\n  appPort: 70000\n", 4,
                "appPort is 70000: a port is wanted"
            ),
            (
                "version: 1\napps:\n- appDirPath: one\n  appPort: [1]\n", 4,
                "appPort is a list: a whole number"
            ),
            (
                "version: 1\napps:\n- appDirPath: one\n  enableAppHealthCheck: 1\n", 4,
                "true or false is wanted"
            ),
            (
                "version: 1\napps:\n- appDirPath: one\n  enableAppHealthCheck: \"true\"\n", 4,
                "true or false is wanted"
            ),
            (
                "version: 1\napps:\n- appDirPath: one\n  command: python3 app.py\n", 4,
                "command is \"python3 app.py\": a list"
            ),
            ("version: 1\napps:\n- appDirPath: one\n  command: [a, [b]]\n", 4, "command has a list in it"),
            ("version: 1\napps:\n- appDirPath: one\n  env: [a]\n", 4, "env is a list: keys with values"),
            (
                "version: 1\napps:\n- appDirPath: one\n  env:\n    A: {b: c}\n", 5,
                "A is a mapping: a text is wanted"
            ),
            ("version: 1\napps:\n- appDirPath: one\n  env:\n    A=B: c\n", 5, "\"A=B\" is no name"),
            ("version: 1\napps:\n- appDirPath: {}\n", 3, "appDirPath is a mapping: a text is wanted"),
            (
                "version: 1\napps:\n- appDirPath: one\n  appLogDestination: nowhere\n", 4,
                "console, file or fileAndConsole is wanted"
            ),
            ("version: 1\napps:\n- appDirPath: one\n  appDirPath: two\n", 4, "appDirPath stands here again"),
            (
                "version: 1\napps:\n- appDirPath: one\n- appDirPath: ./one\n", 4,
                "the app id \"one\" is that of the app in line 3 too"
            ),
            (
                "version: 1\napps:\n- appDirPath: one\n  appPort: 7000\n- appDirPath: two\n  daprHTTPPort: 7000\n",
                6, "daprHTTPPort is 7000, which is appPort in line 4 too"
            ),
            (
                "version: 1\napps:\n- appDirPath: one\n  appPort: 7000\n  metricsPort: 7000\n", 5,
                "metricsPort is 7000, which is appPort in line 4 too"
            ),
        ])
    func refusals(text: String, line: Int?, words: String) throws {
        let error = try #require(try refusal(text))
        #expect(error.line == line, "\(error)")
        #expect(error.reason.contains(words), "\(error)")
    }

    @Test("a folder is searched for dapr.yaml, then dapr.yml; what is not there is named")
    func folders() throws {
        let folder = try TemporaryFolder()
        let text = "version: 1\napps:\n- appDirPath: one\n"
        #expect(throws: TemplateError.self) { try RunTemplate.read(folder.path) }
        _ = try read(text, in: folder, named: "dapr.yml")
        #expect(try RunTemplate.read(folder.path).path == folder.path(of: "dapr.yml"))
        _ = try read(text, in: folder)
        #expect(try RunTemplate.read(folder.path + "/").path == folder.path(of: "dapr.yaml"))
        #expect(throws: TemplateError.self) { try RunTemplate.read(folder.path(of: "other.yaml")) }
    }

    @Test("a template of more than a mebibyte, or of aliases that unfold into one, is refused")
    func size() throws {
        #expect(
            try #require(try refusal(String(repeating: "# comment\n", count: 110_000))).reason.contains(
                "bytes"))
        let bomb =
            "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
            + "bcdefg".reduce(into: (text: "", last: "a")) { made, name in
                made.text +=
                    "\(name): &\(name) ["
                    + Array(repeating: "*\(made.last)", count: 10).joined(separator: ",") + "]\n"
                made.last = "\(name)"
            }.text
        #expect(try #require(try refusal(bomb)).reason.contains("values"))
    }
}
