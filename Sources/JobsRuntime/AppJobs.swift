internal import Reactor

/// The jobs of one app: what clients do with them, and the lane and the executor that make them fire.
///
/// On the loop only. Answers come later, after the commit that holds them; they are called on the loop.
package final class AppJobs {
    /// What became of a job that was to be scheduled.
    package enum ScheduleResult {
        /// It is on disk.
        case scheduled
        /// One of its name exists, and it was not to be replaced.
        case exists
        /// Too much waits for the store already.
        case busy
        /// The store failed before the job reached it.
        case notStored(StoreError)
        /// The store failed under it: it may be there or not.
        case notKnown(StoreError)
    }

    /// What became of a job that was to be deleted.
    package enum DeleteResult {
        /// It is gone, or was never there.
        case deleted
        case busy
        case notStored(StoreError)
        case notKnown(StoreError)
    }

    /// What became of a job that was asked for.
    package enum GetResult {
        case found(SpecRecord)
        case absent
        case busy
        case failed(StoreError)
    }

    let parts: Parts
    private var key: [UInt8] = []
    private var value: [UInt8] = []

    package init(_ parts: Parts) {
        self.parts = parts
        let recovery = parts.shared.recovery
        parts.lane.onReadFailure = { recovery.failed($0) }
        parts.shared.add(self)
    }

    /// The store is at fault: nothing more is read until it answers.
    func storeFailed() {
        parts.jobStore.storeFailed()
        parts.lane.pauseReading()
    }

    /// The store answers again, and it alone knows what is due.
    func storeRecovered() {
        parts.jobStore.storeRecovered(in: parts.writer.groupForResult())
        parts.executor.forgetReady()
        parts.lane.forgetWindow()
        parts.executor.settleAgain()
        parts.lane.resumeReading()
    }

    /// Runs what falls due.
    package var executor: JobExecutor { parts.executor }

    /// The fault of the store, while there is one.
    package var fault: StoreError? { parts.shared.fault }

    /// What the app's jobs still wait for, by name; empty when all is well.
    package var notReady: [String] { fault == nil ? parts.executor.notReady : ["store"] }

    /// How the jobs stand now.
    ///
    /// Walks the window: 0.8 ms with all of its 32,768 jobs.
    package var figures: JobFigures {
        var figures = JobFigures()
        figures.storeFault = fault
        figures.oldestCommitSeconds = parts.writer.oldestCommitSeconds
        figures.oldestReadSeconds = parts.reader.oldestReadSeconds
        figures.loopLagSeconds = Double(parts.timers.worstLagMilliseconds) / 1000
        parts.executor.addFigures(to: &figures)
        return figures
    }

    /// Begins to read the due order; jobs fire from then on.
    package func start() { parts.lane.resumeReading() }

    /// Lets go of the loop, which may live on: no timer is left on it, and nobody is called back.
    ///
    /// Once the store's threads have stopped.
    package func close() {
        parts.executor.close()
        parts.metrics?.close()
        parts.lane.close()
    }

    // MARK: Commands

    /// Stores a job and puts it on its way.
    package func schedule(_ draft: JobDraft, _ answer: @escaping (ScheduleResult) -> Void) {
        let commands = parts.metrics?.commands
        store(draft) { result in
            if case .scheduled = result { commands?.created.add() } else { commands?.createdFailed.add() }
            answer(result)
        }
    }

    private func store(_ draft: JobDraft, _ answer: @escaping (ScheduleResult) -> Void) {
        if let fault { return answer(.notStored(fault)) }
        guard parts.writer.hasRoom else { return answer(.busy) }
        let spec = SpecRecord(draft, storeID: parts.shared.storeID)
        let job = NewJob(
            name: draft.name, generation: parts.shared.generations.make(),
            due: DueKey(time: draft.firstDue, name: draft.name), record: spec.encoded())
        let lane = parts.lane
        let group = parts.writer.groupForClient()
        if draft.overwrite {
            let suspended = lane.suspend(draft.name)
            parts.jobStore.replace(job, in: group) { result in
                if case .applied = result {
                    lane.scheduled(job, spec: spec, isBelated: draft.isBelated)
                } else {
                    lane.resume(suspended)
                }
                answer(ScheduleResult(result))
            }
        } else {
            parts.jobStore.create(job, in: group) { result in
                if case .applied = result { lane.scheduled(job, spec: spec, isBelated: draft.isBelated) }
                answer(ScheduleResult(result))
            }
        }
    }

    /// Removes a job; a run of it that is under way is not disturbed.
    package func delete(_ name: [UInt8], _ answer: @escaping (DeleteResult) -> Void) {
        if let fault { return answer(.notStored(fault)) }
        guard parts.writer.hasRoom else { return answer(.busy) }
        let deletes = parts.metrics?.commands.deleted
        remove(name) { result in
            switch result {
            case .applied, .refused:
                deletes?.add()
                answer(.deleted)
            case .notStored(let error): answer(.notStored(error))
            case .notKnown(let error): answer(.notKnown(error))
            }
        }
    }

    /// Hands the removal of a job to the writer; `refused` says that there was none.
    func remove(_ name: [UInt8], _ answer: @escaping (CommitResult) -> Void) {
        let lane = parts.lane
        let suspended = lane.suspend(name)
        parts.jobStore.delete(name, in: parts.writer.groupForClient()) { result in
            switch result {
            case .applied, .refused: lane.deleted(name)
            case .notStored, .notKnown: lane.resume(suspended)
            }
            answer(result)
        }
    }

    /// Reads a job: at once where it is in the store's memory, else when a reader thread has it.
    package func get(_ name: [UInt8], _ answer: @escaping (GetResult) -> Void) {
        if let fault { return answer(.failed(fault)) }
        parts.keys.spec(name, into: &key)
        do throws(StoreError) {
            switch try parts.store.getCached(key, into: &value) {
            case .found: return answer(.found(try SpecRecord(decoding: value)))
            case .absent: return answer(.absent)
            case .incomplete: break
            }
        } catch {
            return answer(.failed(error))
        }
        guard parts.reader.hasRoom else { return answer(.busy) }
        parts.reader.readValue(key) { result in
            do throws(StoreError) {
                guard let bytes = try result.get() else { return answer(.absent) }
                answer(.found(try SpecRecord(decoding: bytes)))
            } catch {
                answer(.failed(error))
            }
        }
    }
}

extension AppJobs.ScheduleResult {
    fileprivate init(_ result: CommitResult) {
        self =
            switch result {
            case .applied: .scheduled
            case .refused: .exists
            case .notStored(let error): .notStored(error)
            case .notKnown(let error): .notKnown(error)
            }
    }
}
