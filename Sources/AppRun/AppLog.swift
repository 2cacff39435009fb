package import Reactor

/// What an app prints, line by line: to the console behind its prefix, to its file, or to both.
package final class AppLog: LineSink, Sendable {
    private let prefix: [UInt8]
    private let console: LineQueue?
    private let file: LineQueue?
    private let isColoured: Bool

    /// The lines of `appID`; `usesColour` says whether a person may want any.
    ///
    /// Blue lines are for a terminal that has them alone (contract, section 9.3): what goes to a file is text.
    package init(appID: String, console: LineQueue?, file: LineQueue?, usesColour: Bool) {
        prefix = Array("== APP - \(appID) == ".utf8)
        self.console = console
        self.file = file
        isColoured = usesColour && file == nil && console?.isTerminal == true
    }

    package func take(_ line: [UInt8]) {
        if isColoured {
            let shown = EscapeCodes.confined(EscapeCodes.removed(from: line, keepsColours: true))
            console?.append(EscapeCodes.brightBlue + prefix + shown + EscapeCodes.reset)
            return
        }
        let text = EscapeCodes.removed(from: line, keepsColours: false)
        console?.append(prefix + EscapeCodes.confined(text))
        file?.append(text)
    }

    package var isFull: Bool { console?.isFull == true || file?.isFull == true }

    package var passedOn: Int { (console?.writtenBytes ?? 0) + (file?.writtenBytes ?? 0) }

    package func whenRoom(_ call: @escaping @Sendable () -> Void) {
        // The other may be full as well: whoever is called looks once more.
        if let console, console.isFull {
            console.whenRoom(call)
        } else if let file {
            file.whenRoom(call)
        } else {
            call()
        }
    }
}
