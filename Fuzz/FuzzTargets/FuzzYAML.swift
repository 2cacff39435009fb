internal import YAML

/// Any bytes are a document within its limits, none, or refused at a line that the text has.
func fuzzYAML(_ input: [UInt8]) {
    // YAML ends a line at these, at a carriage return with a line feed once, and at three characters beyond ASCII.
    let lines = 1 + input.count
    do {
        guard let root = try YAMLDocument.read(input) else { return }
        var left = YAMLDocument.maximumNodes
        check(root, depth: 0, lines: lines, left: &left)
    } catch {
        precondition((1...lines).contains(error.line), "a fault on line \(error.line) of \(lines)")
        precondition(!error.reason.isEmpty, "a fault without a reason")
    }
}

private func check(_ node: YAMLNode, depth: Int, lines: Int, left: inout Int) {
    left -= 1
    precondition(left >= 0, "more values than the limit")
    precondition(depth <= YAMLDocument.deepestNesting, "deeper than the limit")
    precondition((1...lines).contains(node.line), "a value on line \(node.line) of \(lines)")
    switch node.content {
    case .scalar: break
    case .sequence(let items): for item in items { check(item, depth: depth + 1, lines: lines, left: &left) }
    case .mapping(let entries):
        precondition(Set(entries.map { Array($0.key.utf8) }).count == entries.count, "a key stands twice")
        for entry in entries {
            left -= 1
            check(entry.value, depth: depth + 1, lines: lines, left: &left)
        }
    }
}
