internal import JobsRuntime

/// Some fields of a JSON object, by name.
struct JSONFields {
    private var texts: [String: String] = [:]
    private var slices: [String: [UInt8]] = [:]

    /// Reads an object; `nil` for anything else.
    init?(_ bytes: [UInt8], _ names: [String]) {
        let walker = JSONWalker(fields: names)
        let padded = bytes + [UInt8](repeating: 0, count: 64)
        let isObject = unsafe padded.withUnsafeBytes { buffer in
            let text = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<bytes.count])
            guard let kind = unsafe try? walker.walk(text), case .object = kind else {
                // What is no object has no fields, whatever is wrong with it.
                return false
            }
            for (slot, name) in names.enumerated() {
                guard let kind = walker.kind(slot) else { continue }
                slices[name] = walker.slice(slot)
                if case .string = kind { texts[name] = walker.string(slot) }
            }
            return true
        }
        guard isObject else { return nil }
    }

    /// A string's content.
    func text(_ name: String) -> String? { texts[name] }

    /// A value as it was sent.
    func slice(_ name: String) -> [UInt8]? { slices[name] }

    /// A value as it was sent, as text.
    func raw(_ name: String) -> String? { slices[name].map { String(decoding: $0, as: UTF8.self) } }

    /// The elements of an array, as they were sent.
    func elements(_ name: String) -> [[UInt8]] {
        guard let array = slices[name], array.first == UInt8(ascii: "[") else { return [] }
        var elements: [[UInt8]] = []
        var start = 1
        var depth = 0
        var isInString = false
        var isEscaped = false
        for index in array.indices {
            let byte = array[index]
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                if depth == 0, index > start { elements.append(Array(array[start..<index])) }
            case UInt8(ascii: ","):
                if depth == 1 {
                    elements.append(Array(array[start..<index]))
                    start = index + 1
                }
            default: break
            }
        }
        return elements
    }
}

/// What is wrong with a JSON text, or `nil` for one that is right.
func faultOfJSON(_ text: String) -> String? {
    let walker = JSONWalker(fields: [])
    let count = text.utf8.count
    let padded = Array(text.utf8) + [UInt8](repeating: 0, count: 64)
    return unsafe padded.withUnsafeBytes { buffer in
        do {
            _ = unsafe try walker.walk(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            return nil
        } catch {
            return "\(error)"
        }
    }
}
