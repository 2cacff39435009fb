/// What is kept of each run that is under way, found by its ticket without a hash.
///
/// Each ticket is a place and how often that place was used, so that an outcome that comes late or twice finds nothing.
struct RunTable<Run> {
    private var places: [(use: UInt32, run: Run?)] = []
    private var free: [UInt32] = []

    /// Runs under way.
    var count: Int { places.count - free.count }

    /// Whether nothing runs.
    var isEmpty: Bool { count == 0 }

    /// Takes a run in.
    mutating func insert(_ run: Run) -> RunTicket {
        guard let place = free.popLast() else {
            places.append((0, run))
            return RunTicket(place: UInt32(places.count - 1), use: 0)
        }
        places[Int(place)].run = run
        return RunTicket(place: place, use: places[Int(place)].use)
    }

    /// Takes a run out; `nil` for one that was taken out before.
    mutating func remove(_ ticket: RunTicket) -> Run? {
        let place = Int(ticket.place)
        guard place < places.count, places[place].use == ticket.use, let run = places[place].run else {
            return nil
        }
        places[place] = (ticket.use &+ 1, nil)
        free.append(ticket.place)
        return run
    }

    /// Takes all out; none of their tickets is good any more.
    mutating func removeAll() -> [Run] {
        var runs: [Run] = []
        for place in places.indices {
            guard let run = places[place].run else { continue }
            runs.append(run)
            places[place] = (places[place].use &+ 1, nil)
            free.append(UInt32(place))
        }
        return runs
    }
}
