import Glibc
import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("Simulation: seeded schedules of everything that can happen, against an oracle")
struct SimulationTests {
    /// The seeds of one test, or those of `MAINSPRING_SEED`: one, or a range such as `1000-2000`.
    static func seeds(_ batch: UInt64) -> [UInt64] {
        if let text = unsafe getenv("MAINSPRING_SEED").map({ unsafe String(cString: $0) }) {
            let ends = text.split(separator: "-").compactMap { UInt64($0) }
            guard batch == 0, let first = ends.first, let last = ends.last else { return [] }
            return Array(first...last)
        }
        return Array(batch * 20..<batch * 20 + 20)
    }

    @Test("every job that was accepted fires as it must, and none otherwise", arguments: 0..<6)
    func oracle(batch: UInt64) throws {
        for seed in Self.seeds(batch) {
            let simulation = try Simulation(seed: seed)
            try simulation.run(steps: 250)
            let violations = simulation.oracle.violations
            #expect(violations.isEmpty, "MAINSPRING_SEED=\(seed)")
            if !violations.isEmpty, unsafe getenv("MAINSPRING_SEED") != nil {
                print(simulation.trace.joined(separator: "\n"))
            }
        }
    }

    @Test("the same seed takes the same course", arguments: [3, 71, 113])
    func repeatable(seed: UInt64) throws {
        let first = try Simulation(seed: seed)
        try first.run(steps: 250)
        let second = try Simulation(seed: seed)
        try second.run(steps: 250)
        #expect(first.trace == second.trace)
    }
}
