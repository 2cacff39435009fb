internal import Reactor

extension AppJobs {
    /// Everything that an app's jobs stand on, built in the one order that there is.
    package struct Parts {
        package let keys: LaneKeys
        let shared: RuntimeStore
        package let jobStore: JobStore
        package let lane: Lane
        package let executor: JobExecutor
        let limits: JobLimits
        let timers: LoopTimers
        let metrics: JobMetrics?

        /// Builds the parts on the runtime's store; reads where the app's due order begins.
        package init(
            app: AppIdentity, store: RuntimeStore, on loop: LoopParts
        ) throws(StoreError) {
            keys = LaneKeys(namespace: app.namespace, appID: app.appID)
            shared = store
            let mark = try OpenedStore.mark(of: keys, in: store.store)
            jobStore = JobStore(keys: keys, generations: store.generations, mark: mark)
            lane = Lane(keys: keys, store: jobStore, writer: store.writer, reader: store.reader, on: loop)
            executor = JobExecutor(lane: lane, store: jobStore, writer: store.writer, on: loop)
            limits = loop.limits
            timers = loop.timers
            metrics = loop.metrics
            let metrics = metrics
            loop.executor.atTurnEnd { [weak metrics] in metrics?.endTurn() }
        }

        var store: any OrderedStore { shared.store }
        package var writer: StoreWriter { shared.writer }
        package var reader: LaneReader { shared.reader }
    }
}
