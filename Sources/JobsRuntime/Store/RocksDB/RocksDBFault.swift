internal import CRocksDB

/// What RocksDB said instead of doing what it was asked: a sentence, as its C face has no codes.
struct RocksDBFault {
    let text: String

    /// Runs a call that leaves its error in the pointer given.
    static func catching(_ call: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Void)
        -> RocksDBFault?
    {
        var message: UnsafeMutablePointer<CChar>?
        unsafe call(&message)
        guard let message = unsafe message else { return nil }
        defer { unsafe rocksdb_free(message) }
        return RocksDBFault(text: unsafe String(cString: message))
    }

    /// The read would have had to look at the disk.
    var isIncomplete: Bool { text.hasPrefix("Result incomplete") }

    /// Another owner has the folder's LOCK file.
    var isLocked: Bool { text.contains("lock hold by current process") || text.contains("While lock file") }

    /// The owner is in this process.
    var isLockedByUs: Bool { text.contains("lock hold by current process") }

    /// The error for callers, about the store in `folder`.
    func error(folder: String) -> StoreError {
        if text.contains("No space left") || text.contains("Disk quota exceeded") {
            return StoreError(
                code: .full,
                message: "the disk that holds the store in \(folder) is full: free some space on it")
        }
        if text.hasPrefix("Corruption") {
            return StoreError(
                code: .corruption,
                message: "the store in \(folder) is damaged (\(text)): restore the folder from a backup, "
                    + "or move it away to begin with an empty one")
        }
        if text.contains("Permission denied") || text.contains("Read-only file system") {
            return StoreError(
                code: .notWritable,
                message: "the store in \(folder) cannot be written (\(text)): give this user the right to")
        }
        return StoreError(
            code: .io,
            message:
                "the store in \(folder) met an error of the disk (\(text)): look into the kernel's log for it"
        )
    }
}
