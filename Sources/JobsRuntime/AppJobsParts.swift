internal import Reactor

extension AppJobs {
    /// Everything that an app's jobs stand on, built in the one order that there is.
    package struct Parts {
        package let keys: LaneKeys
        package let store: any OrderedStore
        package let writer: StoreWriter
        package let reader: LaneReader
        package let jobStore: JobStore
        package let recovery: StoreRecovery
        package let lane: Lane
        package let executor: JobExecutor
        let limits: JobLimits
        let timers: LoopTimers
        let metrics: JobMetrics?

        /// Builds the parts on an open store; reads what the store says of itself.
        package init(
            app: AppIdentity, store: any OrderedStore, storeID: UInt64, on loop: LoopParts
        ) throws(StoreError) {
            keys = LaneKeys(namespace: app.namespace, appID: app.appID)
            let opened = try OpenedStore(store, newStoreID: storeID)
            let mark = try OpenedStore.mark(of: keys, in: store)
            self.store = store
            writer = StoreWriter(store: store, on: loop)
            reader = LaneReader(
                store: store, executor: loop.executor, limit: loop.limits.maximumQueuedReads)
            jobStore = JobStore(keys: keys, opened: opened, mark: mark)
            recovery = StoreRecovery(writer: writer, reader: reader, on: loop)
            lane = Lane(keys: keys, store: jobStore, writer: writer, reader: reader, on: loop)
            executor = JobExecutor(lane: lane, store: jobStore, writer: writer, on: loop)
            limits = loop.limits
            timers = loop.timers
            metrics = loop.metrics
            let writer = writer
            let metrics = metrics
            loop.executor.atTurnEnd { [weak writer, weak metrics] in
                writer?.endTurn()
                metrics?.endTurn()
            }
            if let metrics {
                timers.watchLag { [weak metrics] in metrics?.loopWasLate(milliseconds: $0) }
            }
        }
    }
}
