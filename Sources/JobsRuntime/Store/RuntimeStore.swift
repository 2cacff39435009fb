internal import Reactor

/// The one store of a runtime, and what reads, writes and mends it for all apps.
///
/// On the loop only.
package final class RuntimeStore {
    let store: any OrderedStore
    /// What tells this store from every other.
    let storeID: UInt64
    let generations: Generations
    let writer: StoreWriter
    let reader: LaneReader
    let recovery: StoreRecovery
    private var apps: [AppJobs] = []

    /// Puts an open store to work; reads what it says of itself.
    ///
    /// - Parameter newStoreID: the id of a store that has none yet.
    package init(
        _ store: any OrderedStore, newStoreID: UInt64, on loop: LoopParts
    ) throws(StoreError) {
        let opened = try OpenedStore(store, newStoreID: newStoreID)
        self.store = store
        storeID = opened.storeID
        generations = Generations(opened)
        let writer = StoreWriter(store: store, on: loop)
        self.writer = writer
        reader = LaneReader(store: store, executor: loop.executor, limit: loop.limits.maximumQueuedReads)
        let recovery = StoreRecovery(writer: writer, reader: reader, on: loop)
        self.recovery = recovery
        writer.onFailure = { recovery.failed($0) }
        writer.onSuccess = { recovery.worked() }
        recovery.onChange = { [unowned self] in faultChanged() }
        loop.executor.atTurnEnd { [weak writer] in writer?.endTurn() }
    }

    /// The fault, while there is one.
    package var fault: StoreError? { recovery.fault }

    /// An app that wants to know of faults.
    func add(_ jobs: AppJobs) { apps.append(jobs) }

    /// Hands over what was accepted, and calls back when all of it has been answered.
    package func flush(whenEmpty: @escaping () -> Void) { writer.flush(whenEmpty: whenEmpty) }

    /// Commits what was handed over, and ends the threads: nobody is called back any more.
    package func stop() {
        writer.stop()
        reader.stop()
    }

    /// Lets go of the loop and closes the files, once the apps' jobs have been closed.
    package func close() {
        apps = []
        writer.close()
        let fault = recovery.fault
        recovery.close()
        if fault == nil { store.tidy() }
        store.close()
    }

    private func faultChanged() {
        guard recovery.fault == nil else {
            for jobs in apps { jobs.storeFailed() }
            return
        }
        generations.storeRecovered(in: writer.groupForResult())
        for jobs in apps { jobs.storeRecovered() }
    }
}
