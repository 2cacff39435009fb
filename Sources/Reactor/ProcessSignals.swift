/// Watches signals of the process on a loop; while it does, they no longer end the process by themselves.
package final class ProcessSignals {
    private var watches: [UVSignal] = []

    /// Calls `onSignal` for each of `numbers` that arrives.
    ///
    /// On the loop.
    package init(
        on loop: UVLoop, numbers: [Int32], onSignal: @escaping (Int32) -> Void
    ) throws(ReactorError) {
        for number in numbers {
            watches.append(try UVSignal(loop: loop, number: number) { onSignal(number) })
        }
    }

    /// Gives the signals back to the system.
    package func close() {
        for watch in watches { watch.close() }
        watches = []
    }
}
