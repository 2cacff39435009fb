package import Logging
package import Reactor

/// What everything of one app on the loop may ask for.
package struct LoopParts {
    package let executor: LoopExecutor
    package let limits: JobLimits
    package let logger: Logger
    /// What the app's jobs tell of themselves; `nil` where nobody listens.
    package var metrics: JobMetrics?
    /// What the process tells of itself; `nil` where nobody listens.
    package let hostMetrics: HostMetrics?

    package init(
        executor: LoopExecutor, limits: JobLimits, logger: Logger, metrics: JobMetrics? = nil,
        hostMetrics: HostMetrics? = nil
    ) {
        self.executor = executor
        self.limits = limits
        self.logger = logger
        self.metrics = metrics
        self.hostMetrics = hostMetrics
    }

    /// The loop's wheels.
    package var timers: LoopTimers { executor.timers }
}
