/// How a job stands, in the words of `JobState`'s chart, for whoever asks about jobs in memory and in the store alike.
package enum JobStanding: String, Sendable, CaseIterable {
    /// Its next tick is to come.
    case waiting
    /// Another attempt of its tick is to come: one has failed, or was put off by its handler.
    case retrying
    /// It is due, and waits for a receiver that cannot be reached.
    case held
    /// A delete or an overwrite of it is on its way to the disk.
    case suspended
    /// It is due, and waits for a free slot.
    case ready
    /// It is with its handler.
    case running
    /// Its result is on its way to the disk.
    case settling
    /// It is due, and no route fits its name.
    case unrouted
    /// Its record cannot be read by this version.
    case unreadable
}
