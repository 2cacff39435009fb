/// Finds what was put under a pattern such as `/v1.0/jobs/{name}` by a path's segments, byte for byte.
///
/// A node for each segment, the literal ones before the parameter: `/a/{x}` and `/a/b` may stand side by side, and the
/// second wins where it fits. A lookup compares bytes and allocates nothing.
struct RouteTrie {
    private struct Node {
        var literals: [(text: [UInt8], node: Int)] = []
        var parameter: Int?
        var value: Int?
    }

    private var nodes = [Node()]

    init() {}

    /// Puts `value` under a pattern, or answers with what is under it already.
    mutating func insert(_ pattern: StaticString, value: Int) -> Int {
        precondition(pattern.description.hasPrefix("/"), "a route begins with a slash")
        var node = 0
        var parameters = 0
        for segment in pattern.description.utf8.split(separator: UInt8(ascii: "/")) {
            if segment.first == UInt8(ascii: "{"), segment.last == UInt8(ascii: "}") {
                parameters += 1
                precondition(parameters <= RouteParameters.limit, "a route has at most four parameters")
                node = parameterChild(of: node)
            } else {
                node = literalChild(of: node, Array(segment))
            }
        }
        if let existing = nodes[node].value { return existing }
        nodes[node].value = value
        return value
    }

    /// What lies under the pattern that fits a clean path, its parameters added to `parameters`.
    func find(_ path: MessageBytes, _ parameters: inout RouteParameters) -> Int? {
        find(path, from: 0, node: 0, &parameters)
    }

    /// `start` is where the slash in front of the next segment stands.
    private func find(_ path: MessageBytes, from start: Int, node: Int, _ parameters: inout RouteParameters)
        -> Int?
    {
        // A slash at the very end is passed over, as the contract has it.
        if start >= path.count - 1 { return nodes[node].value }
        let first = start + 1
        let end = path.firstIndex(of: UInt8(ascii: "/"), from: first, to: path.count)
        for (text, child) in nodes[node].literals
        where text.count == end - first && path.matches(text, at: first) {
            if let found = find(path, from: end, node: child, &parameters) { return found }
        }
        guard let child = nodes[node].parameter else { return nil }
        parameters.append(MessageSlice(first, end))
        if let found = find(path, from: end, node: child, &parameters) { return found }
        parameters.removeLast()
        return nil
    }

    private mutating func literalChild(of node: Int, _ text: [UInt8]) -> Int {
        if let child = nodes[node].literals.first(where: { $0.text == text }) { return child.node }
        nodes.append(Node())
        nodes[node].literals.append((text, nodes.count - 1))
        return nodes.count - 1
    }

    private mutating func parameterChild(of node: Int) -> Int {
        if let child = nodes[node].parameter { return child }
        nodes.append(Node())
        nodes[node].parameter = nodes.count - 1
        return nodes.count - 1
    }
}
