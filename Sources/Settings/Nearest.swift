/// What somebody who wrote a name that nobody knows may have meant.
package enum Nearest {
    /// The known name that takes the fewest edits, if they are few for its length.
    package static func name(to word: String, among names: [String]) -> String? {
        let near = names.map { (name: $0, edits: edits(from: word, to: $0)) }.min { $0.edits < $1.edits }
        guard let near, near.edits <= max(2, word.utf8.count / 3) else { return nil }
        return near.name
    }

    /// Letters to put in, take out, replace or swap with their neighbour, to make one word of the other.
    package static func edits(from word: String, to other: String) -> Int {
        let (word, other) = (Array(word.utf8), Array(other.utf8))
        var before: [Int] = []
        var last = Array(0...other.count)
        for row in 0..<word.count {
            var next = [row + 1]
            for column in 0..<other.count {
                let replaced = last[column] + (word[row] == other[column] ? 0 : 1)
                var least = min(replaced, last[column + 1] + 1, next[column] + 1)
                let isSwap =
                    row > 0 && column > 0 && word[row] == other[column - 1] && word[row - 1] == other[column]
                if isSwap { least = min(least, before[column - 1] + 1) }
                next.append(least)
            }
            (before, last) = (last, next)
        }
        return last[other.count]
    }
}
