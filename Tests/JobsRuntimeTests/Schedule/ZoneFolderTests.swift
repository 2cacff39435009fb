import Glibc
import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("zones: which names are one")
struct ZoneFolderTests {
    @Test(
        "a region's name is taken, links and fixed offsets included",
        arguments: [
            "UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "America/Port-au-Prince", "Etc/GMT+3",
            "EST5EDT",
            "GMT", "US/Pacific", "Asia/Calcutta",
        ])
    func names(name: String) throws {
        #expect(try ZoneFolder.system.zone(named: name).name == name)
    }

    @Test(
        "what the system's folder does not have is unknown, and never UTC in silence",
        arguments: [
            "BST", "PST", "PDT", "GMT+3", "UTC+1", "+01:00", "Z", "Local", "europe/berlin", "Europe/berlin",
            "Europe",
            "Europe/", "/Europe", "Europe//Berlin", "Mars/Base", "localtime", "posixrules", "Factory",
            "posix/Europe/Berlin",
            "right/UTC", "tzdata.zi", "zone.tab", "leapseconds", ".", "Europe/./Berlin", "UTC\u{0}",
            "Europe/Berlin\u{301}",
            "", "-", "Europe/-", "CET-1CEST,M3.5.0,M10.5.0/3", ":UTC",
            "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ])
    func unknown(name: String) {
        let message =
            name.hasPrefix("/")
            ? "provided bad location \(name): time: invalid location name"
            : "provided bad location \(name): unknown time zone \(name)"
        #expect(throws: GrammarFault.invalid(message)) { try ZoneFolder.system.zone(named: name) }
    }

    @Test(
        "no name leaves the folder",
        arguments: ["../zoneinfo/UTC", "Europe/../UTC", "..", "/etc/localtime", "\\UTC"])
    func pathTricks(name: String) {
        let message = "provided bad location \(name): time: invalid location name"
        #expect(throws: GrammarFault.invalid(message)) { try ZoneFolder.system.zone(named: name) }
    }

    @Test("without the system's zones the error says what to install, and UTC works all the same")
    func missing() throws {
        let folder = try TestKit.TemporaryFolder()
        let zones = ZoneFolder(path: folder.path(of: "zoneinfo"))
        let message =
            "provided bad location Europe/Berlin: there are no time zones in \(folder.path(of: "zoneinfo")): "
            + "install the package tzdata, or set TZDIR"
        #expect(throws: GrammarFault.invalid(message)) {
            try Schedule("TZ=Europe/Berlin @daily", zones: zones)
        }
        #expect(try Schedule("TZ=UTC @daily", zones: zones) == Schedule("@daily"))
    }

    @Test("TZDIR says where the system's zones are, for this program as for the C library")
    func environment() async {
        await #expect(processExitsWith: .success) {
            unsafe setenv("TZDIR", "/nowhere", 1)
            let error = #expect(throws: GrammarFault.self) { try Schedule("TZ=Asia/Tokyo @daily") }
            #expect(error?.message.contains("there are no time zones in /nowhere") == true)
        }
    }

    @Test("another folder can be given; a file in it that is no zone is unknown, whatever it is")
    func otherFolder() throws {
        let folder = try TestKit.TemporaryFolder()
        for (name, source) in [("UTC", "Etc/UTC"), ("Here", "Asia/Tokyo")] {
            unsafe symlink(ZoneNames.folder + "/" + source, folder.path(of: name))
        }
        try folder.write("TZif", to: "Short")
        try folder.write("", to: "Empty")
        try folder.write(String(repeating: "x", count: 70_000), to: "Long")
        unsafe mkfifo(folder.path(of: "Pipe"), 0o600)
        let zones = ZoneFolder(path: folder.path)
        #expect(try zones.zone(named: "Here").span(at: 0).offset == 9 * 3600)
        for name in ["Short", "Empty", "Long", "Pipe", "Asia/Tokyo"] {
            let message = "provided bad location \(name): unknown time zone \(name)"
            #expect(throws: GrammarFault.invalid(message)) { try zones.zone(named: name) }
        }
    }

    @Test("a name that only looks like one is unknown, also once that one is known")
    func lookalike() throws {
        _ = try ZoneFolder.system.zone(named: "Asia/Kathmandu")
        let name = "Asia/\u{212A}athmandu"
        #expect(name == "Asia/Kathmandu")
        let message = "provided bad location \(name): unknown time zone \(name)"
        #expect(throws: GrammarFault.invalid(message)) { try ZoneFolder.system.zone(named: name) }
    }

    @Test("a zone is read once; no more are kept than the limit says, and all still work")
    func limit() throws {
        let zones = ZoneFolder(path: ZoneNames.folder, maximum: 3)
        let berlin = try zones.zone(named: "Europe/Berlin")
        #expect(try zones.zone(named: "Europe/Berlin") === berlin)
        for name in ZoneNames.all.prefix(40) {
            _ = try zones.zone(named: name)
            #expect(zones.count <= 3)
        }
        #expect(try zones.zone(named: "Europe/Berlin") == berlin)
        #expect(ZoneNames.all.count <= ZoneFolder.maximumZones)
    }
}
