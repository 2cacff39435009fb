internal import Reactor

/// What of the due order a route could not take: the first such key, and how many there are.
///
/// The keys themselves are in the store alone. Keys are passed in due order, and may be looked at again for another
/// route's sake; those are not counted twice. A job that is deleted while it waits counts on until the route takes its
/// jobs again. A pure value.
struct PassedKeys {
    /// Where the route's keys have to be read again from.
    private(set) var first: DueKey
    private var last: Tick
    private var before = 0
    private var atLast = 1

    /// The first key that was passed.
    init(_ key: DueKey) {
        first = key
        last = key.time.deadlineTick
    }

    /// How many jobs wait.
    var count: Int { before + atLast }

    /// One more was passed.
    mutating func pass(_ key: DueKey) {
        let tick = key.time.deadlineTick
        let isNew = key < first
        if isNew { first = key }
        if tick > last {
            before += atLast
            atLast = 1
            last = tick
        } else if tick == last {
            atLast += 1
        } else if isNew {
            before += 1
        }
    }

    /// The due order is read again from `key`: what stands there is passed again.
    mutating func lookAgain(from key: DueKey) {
        if !(first < key) {
            before = 0
            atLast = 0
            last = Tick(milliseconds: 0)
        } else if key.time.deadlineTick <= last {
            atLast = 0
        }
    }
}

/// What each route could not take.
struct PassedByRoute {
    private var keys: [RouteID: PassedKeys] = [:]

    /// The first key of each route.
    var firstKeys: some Collection<DueKey> { keys.values.lazy.map(\.first) }

    /// Whether a route has passed a job that stands before `key`; asked for each job that falls due.
    func hasAny(before key: DueKey, by route: RouteID) -> Bool {
        guard !keys.isEmpty, let first = keys[route]?.first else { return false }
        return first < key
    }

    /// How many jobs a route has passed.
    func count(by route: RouteID) -> Int { keys[route]?.count ?? 0 }

    /// A route could not take the job of a key.
    mutating func pass(_ key: DueKey, by route: RouteID) {
        if keys[route]?.pass(key) == nil { keys[route] = PassedKeys(key) }
    }

    /// The route can take its jobs now: where the due order has to be read again from, if it passed any.
    mutating func recall(_ route: RouteID) -> DueKey? { keys.removeValue(forKey: route)?.first }

    /// The due order is read again from `key`.
    mutating func lookAgain(from key: DueKey) {
        for route in keys.keys { keys[route]?.lookAgain(from: key) }
    }
}
