internal import JobsRuntime
internal import Reactor
internal import YAML

/// What the machine gives a host: time, zones, libraries and files.
enum DoctorSystem {
    static var findings: [Finding] { [clock, zones] + zone + [libraries, files] }

    /// Years that a clock which was ever set shows.
    private static let years: ClosedRange<Int> = 2025...2099

    private static var clock: Finding {
        let now = SystemClock().wallNow
        let text = RFC3339.text(WallTime(millisecondsSinceEpoch: now.millisecondsSinceEpoch))
        guard let year = Int(text.prefix(4)), years.contains(year) else {
            return .problem(
                "clock", "it shows \(text)", mend: "set it, for jobs fire by it: timedatectl set-ntp true")
        }
        guard let discipline = ClockDiscipline.read() else {
            return .ok("clock", "\(text); whether it is synchronised the system does not say")
        }
        guard discipline.isSynchronised else {
            return .warning(
                "clock", "\(text), and nothing keeps it right: it may drift, and step when something does",
                mend: "run a time daemon on the machine: timedatectl set-ntp true")
        }
        if discipline.leapSecondIsDue {
            return .warning(
                "clock", "\(text), synchronised; a leap second comes at the end of the UTC day",
                mend: "nothing, but jobs of that second may be a second off")
        }
        return .ok("clock", "\(text), synchronised, off by at most \(discipline.maximumError / 1000) ms")
    }

    private static var zones: Finding {
        let folder = ZoneFolder.system
        do { _ = try folder.zone(named: "Europe/Berlin") } catch {
            return .problem(
                "zones", "there are no time zones in \(folder.path), and no schedule may name one",
                mend: "install the package tzdata, or set TZDIR to where they are")
        }
        let first = ProcessTable.text(of: folder.path + "/tzdata.zi")?.split(separator: "\n").first
        let version = first.flatMap { $0.split(separator: " ").last }.map { "version \($0)" }
        return .ok("zones", "\(folder.path), \(version ?? "of a version that it does not say")")
    }

    /// About `TZ`, where it is set; no schedule follows it, but whoever sets it thinks so.
    private static var zone: [Finding] {
        guard let name = Environment.value(of: "TZ") else { return [] }
        let bare = name.hasPrefix(":") ? String(name.dropFirst()) : name
        if bare.hasPrefix("/") || (try? ZoneFolder.system.zone(named: bare)) != nil {
            return [.ok("TZ", "\(name); schedules follow their own zone, and UTC where they name none")]
        }
        return [
            .warning(
                "TZ", "\(name) names no zone in \(ZoneFolder.system.path)",
                mend: "set it to one such as Europe/Berlin, or unset it")
        ]
    }

    private static var libraries: Finding {
        // The file's name has the version, which RocksDB's C interface does not tell.
        let store = ProcessTable.text(of: "/proc/self/maps")?.split(separator: "\n").lazy
            .compactMap { $0.split(separator: "/").last }.first { $0.hasPrefix("librocksdb.so.") }
        let version = store.map { $0.dropFirst("librocksdb.so.".count) } ?? "linked in"
        return .ok(
            "libraries",
            "libuv \(UVVersion.text), llhttp \(HTTPParserVersion.text), simdjson \(JSONWalkerVersion.text), "
                + "RocksDB \(version), libyaml \(YAMLVersion.text)")
    }

    private static var files: Finding {
        let files = FileLimit.raise()
        let (wanted, fitting) = (Limits(), Limits().fitting(files: files))
        guard fitting.connections < wanted.connections else {
            return .ok("open files", "at most \(files)")
        }
        return .warning(
            "open files",
            "at most \(files), which is enough for \(fitting.connections) of \(wanted.connections) connections",
            mend: "raise it with ulimit -Hn, or LimitNOFILE= in a systemd unit")
    }
}
