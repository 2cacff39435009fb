import Testing

@testable import JobsRuntime

@Suite("What is kept of each run that is under way")
struct RunTableTests {
    @Test("a ticket finds its run once, and never one that has its place later")
    func oneAnswer() {
        var table = RunTable<String>()
        let first = table.insert("a")
        let second = table.insert("b")
        #expect(table.remove(first) == "a")
        #expect(table.remove(first) == nil)
        let third = table.insert("c")
        #expect(third != first)
        #expect(table.remove(first) == nil)
        #expect(table.count == 2)
        #expect(table.remove(third) == "c")
        #expect(table.remove(second) == "b")
        #expect(table.isEmpty)
    }

    @Test("what is given up is answered by nobody's ticket")
    func givenUp() {
        var table = RunTable<Int>()
        let tickets = (0..<4).map { table.insert($0) }
        _ = table.remove(tickets[1])
        #expect(table.removeAll() == [0, 2, 3])
        #expect(table.isEmpty)
        for ticket in tickets { #expect(table.remove(ticket) == nil) }
        #expect(table.insert(9) != tickets[3])
    }
}
