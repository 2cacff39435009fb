internal import Glibc
import TestKit
import Testing

extension EndToEnd {
    /// `make install`, and what it leaves behind.
    @Suite("the installed host")
    struct InstallTests {
        /// Runs a program to its end, and returns what it printed; anything but status 0 is a failure.
        @discardableResult
        private static func run(
            _ tool: String, _ arguments: [String], environment: [String: String] = [:]
        ) throws -> String {
            var environment = environment
            environment["PATH"] = unsafe getenv("PATH").map { unsafe String(cString: $0) }
            let child = try ChildProcess(
                tool.hasPrefix("/") ? tool : Products.tool(tool), arguments, environment: environment,
                folder: Products.projectFolder())
            let exit = try child.waitForExit(by: .seconds(120))
            guard exit == .status(0) else {
                throw TestFailure(
                    "\(tool) \(arguments) ended with \(exit): \(child.output)\(child.errorOutput)")
            }
            return child.output
        }

        /// Installs what was built into a folder, below `/usr` of it.
        private static func install(into root: TemporaryFolder) throws {
            try run("make", ["install", "PREFIX=/usr", "DESTDIR=\(root.path)"])
        }

        /// The libraries that a program is linked to, and the loader.
        private static func libraries(of program: String) throws -> [String] {
            try run("ldd", [program]).split(separator: "\n").compactMap { line in
                line.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("/") }.map(String.init)
            }
        }

        // MARK: Files

        @Test("all of it lies below PREFIX, and uninstall takes all of it away")
        func files() async throws {
            try await OwnThread.run {
                let root = try TemporaryFolder()
                try Self.install(into: root)
                let pages = [
                    "mainspring.1", "mainspring.serve.1", "mainspring.jobs.1", "mainspring.jobs.preview.1",
                ]
                let expected =
                    [
                        "bin/mainspring", "lib/systemd/system/mainspring.service",
                        "share/bash-completion/completions/mainspring",
                        "share/zsh/site-functions/_mainspring",
                        "share/fish/vendor_completions.d/mainspring.fish",
                    ] + pages.map { "share/man/man1/" + $0 }
                for file in expected {
                    try Self.run("test", ["-s", root.path(of: "usr/" + file)])
                }
                try Self.run("make", ["uninstall", "PREFIX=/usr", "DESTDIR=\(root.path)"])
                #expect(try Self.run("find", [root.path, "-type", "f"]) == "")
            }
        }

        @Test(
            "a PREFIX that a unit would read as something else is refused, and nothing is installed",
            arguments: ["usr", "/usr/my files", "/a|b", "/50%"])
        func badPrefix(prefix: String) async throws {
            try await OwnThread.run {
                let (root, project) = (try TemporaryFolder(), try Products.projectFolder())
                let tool = try ChildProcess(
                    Products.tool("sh"), [project + "/Tools/install", ".build/release", prefix, root.path],
                    environment: ["PATH": "/usr/bin:/bin"], folder: project)
                try tool.expectRefusal(status: 2, naming: ["PREFIX '\(prefix)'"])
                #expect(try Self.run("find", [root.path, "-type", "f"]) == "")
            }
        }

        @Test("a host that was not built is named, with what to type")
        func notBuilt() async throws {
            try await OwnThread.run {
                let (root, project) = (try TemporaryFolder(), try Products.projectFolder())
                let tool = try ChildProcess(
                    Products.tool("sh"),
                    [project + "/Tools/install", root.path(of: "nothing"), "/usr", root.path],
                    environment: ["PATH": "/usr/bin:/bin"], folder: project)
                try tool.expectRefusal(status: 1, naming: ["nothing/mainspring", "make build"])
            }
        }

        // MARK: The host

        @Test("it is linked to nothing of the toolchain")
        func linked() async throws {
            try await OwnThread.run {
                let root = try TemporaryFolder()
                try Self.install(into: root)
                for library in try Self.libraries(of: root.path(of: "usr/bin/mainspring")) {
                    #expect(library.hasPrefix("/lib") || library.hasPrefix("/usr/lib"), "\(library)")
                    #expect(!library.lowercased().contains("swift") && !library.contains("Foundation"))
                }
            }
        }

        @Test("it serves in a root that holds its libraries, a zone and nothing else")
        func bareRoot() async throws {
            try await OwnThread.run {
                let root = try TemporaryFolder()
                try Self.install(into: root)
                let needed =
                    try Self.libraries(of: root.path(of: "usr/bin/mainspring"))
                    + ["/usr/share/zoneinfo/Europe/Berlin"]
                try Self.run("cp", ["-L", "--parents"] + needed + [root.path])

                let port = try FreePort.find()
                let words = [
                    "serve", "--http-port", "\(port)", "--metrics-port", "0", "--route",
                    "r2-=droid-maintenance",
                    "--data-dir",
                ]
                let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
                // Whoever is not root becomes so in a namespace of users.
                let namespaces = (geteuid() == 0 ? [] : ["--user", "--map-root-user"]) + ["--mount"]
                let host: ChildProcess
                if try ChildProcess(Products.tool("unshare"), namespaces + ["true"])
                    .waitForExit(by: .seconds(30)) == .status(0)
                {
                    // Swift finds a program's arguments through /proc, in a root too.
                    let script = """
                        set -e; root=$1; shift; mkdir "$root/proc"; mount --rbind /proc "$root/proc"
                        exec chroot "$root" /usr/bin/mainspring "$@"
                        """
                    host = try ChildProcess(
                        Products.tool("unshare"),
                        namespaces + ["sh", "-c", script, "sh", root.path] + words + ["/data"],
                        environment: environment)
                } else {
                    // In a root that is itself no mount nothing can be mounted for this test alone: it serves where it is.
                    host = try ChildProcess(
                        root.path(of: "usr/bin/mainspring"), words + [root.path(of: "data")],
                        environment: environment)
                }
                try host.waitForOutput(containing: "dapr initialized", by: .seconds(30))
                let connection = try HTTPConnection(port: port)
                let due = #"{"data":{"Value":"R2-D2:Oil Change"},"dueTime":"1ms"}"#
                #expect(try connection.schedule("r2-d2", due).status == 204)
                try host.waitForOutput(containing: "Executing maintenance job: Oil Change", by: .seconds(30))
                let zoned = #"{"schedule":"CRON_TZ=Europe/Berlin 0 30 9 * * *"}"#
                #expect(try connection.schedule("r2-daily", zoned).status == 204)
                host.send(SIGTERM)
                try host.expectSuccess()
            }
        }

        // MARK: What comes with it

        @Test("the page of serve has each of its flags")
        func pages() async throws {
            try await OwnThread.run {
                let root = try TemporaryFolder()
                try Self.install(into: root)
                let page = try TemporaryFolder.read(root.path(of: "usr/share/man/man1/mainspring.serve.1"))
                let help = try Self.run(root.path(of: "usr/bin/mainspring"), ["serve", "--help"])
                // The first name of each; argument-parser's pages leave out the others.
                let flags = help.split(separator: "\n").filter { $0.hasPrefix("  -") }.compactMap { line in
                    line.split { " ,=".contains($0) }.first { $0.hasPrefix("--") }
                }
                #expect(flags.count > 20)
                for flag in flags { #expect(page.contains("Fl -" + flag.dropFirst(2)), "\(flag)") }
            }
        }

        @Test(
            "bash completes commands and flags",
            arguments: [("mainspring se", "serve"), ("mainspring serve --http-p", "--http-port")])
        func completion(typed: String, completed: String) async throws {
            try await OwnThread.run {
                let root = try TemporaryFolder()
                try Self.install(into: root)
                let script = """
                    source "$1"
                    COMP_LINE=$2 COMP_POINT=${#2}
                    read -ra COMP_WORDS <<<"$2"
                    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                    _mainspring mainspring "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
                    printf '%s\\n' "${COMPREPLY[@]}"
                    """
                let file = root.path(of: "usr/share/bash-completion/completions/mainspring")
                let answer = try Self.run("bash", ["-c", script, "complete", file, typed])
                #expect(answer.split(separator: "\n").contains { $0.trimming == completed }, "\(answer)")
            }
        }

        @Test(
            "the unit passes systemd-analyze verify, and runs the host that was installed with it",
            .enabled(if: (try? Products.tool("systemd-analyze")) != nil, "systemd is not installed"))
        func unit() async throws {
            try await OwnThread.run {
                // Without DESTDIR, so that what the unit names is where it says.
                let prefix = try TemporaryFolder()
                try Self.run("make", ["install", "PREFIX=\(prefix.path)"])
                let unit = prefix.path(of: "lib/systemd/system/mainspring.service")
                try Self.run("systemd-analyze", ["verify", "--man=no", unit])
                let lines = try TemporaryFolder.read(unit).split(separator: "\n").map(String.init)
                #expect(lines.contains("ExecStart=\(prefix.path)/bin/mainspring serve"))
                for setting in ["Type=notify", "WatchdogSec=30", "StateDirectory=mainspring"] {
                    #expect(lines.contains(setting), "\(setting)")
                }
            }
        }

        @Test("the container file runs what make install left, with the libraries that it is linked to")
        func container() async throws {
            try await OwnThread.run {
                let file = try TemporaryFolder.read(Products.projectFolder() + "/Packaging/Containerfile")
                let root = try TemporaryFolder()
                try Self.install(into: root)
                #expect(file.contains("make install PREFIX=/usr DESTDIR=/installed"))
                #expect(file.contains("COPY --from=build /installed/ /\n"))
                let program = try #require(file.split(separator: "\"").first { $0.hasPrefix("/usr/") })
                try Self.run("test", ["-x", root.path + program])

                // Their packages have other names in another release of Debian.
                let release = try Self.run("sh", ["-c", ". /etc/os-release; echo ${VERSION_CODENAME:-}"])
                guard file.contains("debian:\(release.trimming)-slim") else { return }
                for library in try Self.libraries(of: root.path + program)
                where ["librocksdb", "libuv", "libsimdjson", "libyaml-0"].contains(where: {
                    library.contains("/\($0).")
                }) {
                    let owner = try Self.run("dpkg", ["-S", Products.realPath(library)])
                    let package = try #require(owner.split(separator: ":").first)
                    #expect(file.contains(" \(package) "), "\(package)")
                }
            }
        }
    }
}

extension StringProtocol {
    /// Without the spaces and line ends around it.
    fileprivate var trimming: String {
        var rest = self[...]
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return String(rest)
    }
}
