internal import CFaultPage
internal import Glibc

/// The switches of the fault library inside a host, and what it has seen; see `fault_page.h`.
@safe package final class FaultPage: @unchecked Sendable {
    // SAFETY: every word of the page is atomic, and it is mapped until the last reference goes.
    private let page: OpaquePointer
    private let path: String

    /// Makes the page in `folder`, which must not be the one whose files the faults are for.
    package init(in folder: TemporaryFolder) throws {
        path = folder.path(of: "faults")
        guard let page = unsafe fault_page_open(path, true) else {
            throw TestFailure("cannot make '\(path)': errno \(errno)")
        }
        unsafe self.page = page
    }

    deinit { unsafe fault_page_close(page) }

    /// What a process needs in its environment to meet the faults in the files below `folder`.
    package func environment(for folder: String) throws -> [String: String] {
        [
            "LD_PRELOAD": try Products.path(of: "libFaultLibrary.so"),
            FAULT_PAGE_VARIABLE: path,
            FAULT_FOLDER_VARIABLE: folder,
        ]
    }

    // MARK: Switches

    /// Leaves room for so many bytes more, as a disk does that is about to be full.
    package func limitDisk(to bytes: Int) {
        set(FAULT_BYTES_LEFT, bytes)
        set(FAULT_DISK_IS_LIMITED, 1)
    }

    /// Takes the limit away.
    package func freeDisk() { set(FAULT_DISK_IS_LIMITED, 0) }

    /// Makes each sync fail with an I/O error, or work again.
    package func failSyncs(_ doFail: Bool) { set(FAULT_SYNC_ERROR, doFail ? Int(EIO) : 0) }

    /// Makes each write fail with an I/O error, or work again.
    package func failWrites(_ doFail: Bool) { set(FAULT_WRITE_ERROR, doFail ? Int(EIO) : 0) }

    /// Takes the syncs out: they are not made, and the host believes they were.
    package func swallowSyncs() { set(FAULT_SYNC_SWALLOWED, 1) }

    /// Makes each sync take so much longer.
    package func slowSyncs(milliseconds: Int) { set(FAULT_SYNC_DELAY, milliseconds) }

    /// Lets syncs begin but not end, until `openGate`.
    package func closeGate() { set(FAULT_SYNC_GATE, 1) }

    /// Lets the syncs go that waited.
    package func openGate() { set(FAULT_SYNC_GATE, 0) }

    /// Follows marked requests from the socket to the disk and back; to be said before the host starts.
    package func watchPromises() { set(FAULT_WATCHES_PROMISES, 1) }

    // MARK: Counts

    package var loads: Int { count(FAULT_LOADED) }
    package var writes: Int { count(FAULT_WRITES) }
    package var syncs: Int { count(FAULT_SYNCS) }
    package var faults: Int { count(FAULT_FAULTS) }
    package var promisesChecked: Int { count(FAULT_PROMISES_CHECKED) }
    package var promisesBroken: Int { count(FAULT_PROMISES_BROKEN) }
    package var promisesRefused: Int { count(FAULT_PROMISES_REFUSED) }
    package var requestsOverlooked: Int { count(FAULT_REQUESTS_OVERLOOKED) }

    /// The job whose promise was the first to be broken.
    package var firstBroken: Int? { count(FAULT_FIRST_BROKEN) > 0 ? count(FAULT_FIRST_BROKEN) - 1 : nil }

    /// Waits until so many syncs stand before the closed gate.
    package func waitForSyncsWaiting(_ count: Int, by deadline: Deadline) -> Bool {
        unsafe fault_page_wait_for_at_least(
            page, FAULT_SYNCS_WAITING, Int64(count), deadline.remainingMilliseconds)
    }

    /// Waits until more than `count` writes and syncs were made to fail.
    package func waitForFaults(moreThan count: Int, by deadline: Deadline) -> Bool {
        unsafe fault_page_wait_for_at_least(
            page, FAULT_FAULTS, Int64(count + 1), deadline.remainingMilliseconds)
    }

    private func count(_ word: fault_word) -> Int { unsafe Int(fault_page_get(page, word)) }
    private func set(_ word: fault_word, _ value: Int) { unsafe fault_page_set(page, word, Int64(value)) }
}
