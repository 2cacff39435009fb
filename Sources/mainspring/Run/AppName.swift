/// A name for an app that was given none.
enum AppName {
    private static let first = [
        "amber", "brisk", "calm", "dapper", "early", "fleet", "gentle", "handy", "idle", "jolly", "keen",
        "lucid",
        "mellow", "nimble", "opal", "plucky", "quick", "rustic", "silver", "tidy", "upbeat", "vivid", "wry",
        "zesty",
    ]
    private static let second = [
        "anchor", "badger", "cricket", "dipper", "ember", "falcon", "gecko", "heron", "ibis", "jackdaw",
        "kestrel",
        "lantern", "marten", "newt", "otter", "plover", "quail", "raven", "spring", "tern", "urchin", "vole",
        "wren",
        "yak",
    ]

    static func random() -> String {
        "\(first.randomElement() ?? "an")-\(second.randomElement() ?? "app")-\(Int.random(in: 100...999))"
    }
}
