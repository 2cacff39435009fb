/// Names a route for as long as the runtime lives.
package struct RouteID: Hashable, Sendable {
    package let number: Int

    /// What passes the keys of jobs that this version cannot read.
    package static let unreadable = RouteID(number: -2)
}

/// Finds the route of a job's name: exact, case-sensitive bytes, and the longest prefix wins.
///
/// A hash table of prefixes, asked once for each length that occurs, longest first: routes are few, and lengths fewer.
package struct RouteTable {
    private var routes: [[UInt8]: RouteID] = [:]
    private var lengths: [Int] = []

    package init() {}

    /// Adds a route; answers the one that has the prefix already, and then changes nothing.
    package mutating func insert(_ prefix: [UInt8], _ route: RouteID) -> RouteID? {
        if let taken = routes[prefix] { return taken }
        routes[prefix] = route
        if !lengths.contains(prefix.count) {
            lengths.append(prefix.count)
            lengths.sort(by: >)
        }
        return nil
    }

    /// The route with the longest prefix that `name` begins with.
    package func route(for name: [UInt8]) -> RouteID? {
        for length in lengths where length <= name.count {
            if let route = routes[Array(name[..<length])] { return route }
        }
        return nil
    }
}
