/// Where lines go, by the names that a run template has for it.
package enum LogDestination: String, CaseIterable, Sendable {
    case console, file, fileAndConsole

    package var hasConsole: Bool { self != .file }
    package var hasFile: Bool { self != .console }
}
