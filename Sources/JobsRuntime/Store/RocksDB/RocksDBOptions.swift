internal import CRocksDB

/// How RocksDB is set up, and the three ways it is called.
///
/// Made once for a store, so that its block cache outlives a reopen. Immutable, and safe from every thread.
@safe final class RocksDBOptions {
    let database: OpaquePointer
    /// A write returns when it is on disk.
    let syncedWrite: OpaquePointer
    /// A read that may wait for the disk.
    let read: OpaquePointer
    /// A read that answers "incomplete" instead of looking at the disk.
    let cachedRead: OpaquePointer

    /// One line a setting, in the words that the OPTIONS file repeats.
    private static let settings = [
        "create_if_missing=true",
        // A crash replays the log of one such buffer: 8 MiB take 0.2 s. The open writes none of it out, to be short.
        "write_buffer_size=8388608",
        "avoid_flush_during_recovery=true",
        "skip_stats_update_on_db_open=true",
        "max_background_jobs=2",
        "max_open_files=256",
        // A torn tail is a crash; a flipped bit is damage, and the default would skip half a log over it.
        "wal_recovery_mode=kTolerateCorruptedTailRecords",
        "paranoid_checks=true",
        "track_and_verify_wals_in_manifest=true",
        // At any other level a full disk aborts the process within RocksDB's own log, and it must not mend itself.
        "info_log_level=FATAL_LEVEL",
        "max_bgerror_resume_count=0",
        "keep_log_file_num=1",
        // No timer of RocksDB's has work to do.
        "stats_dump_period_sec=0",
        "stats_persist_period_sec=0",
        // "No such name" is the usual answer to a new job's condition: filters keep it from the tables.
        "memtable_whole_key_filtering=true",
        "memtable_prefix_bloom_size_ratio=0.05",
        "compression=kLZ4Compression",
        // All that is kept of tables in memory is in the cache, and so bounded.
        "block_based_table_factory={block_cache=25165824;cache_index_and_filter_blocks=true;"
            + "index_type=kTwoLevelIndexSearch;partition_filters=true;metadata_block_size=4096;"
            + "pin_top_level_index_and_filter=true;filter_policy=bloomfilter:10:false}",
    ]

    // What `rocksdb_readoptions_set_read_tier` calls kBlockCacheTier.
    private static let blockCacheTier: Int32 = 1

    init() throws(StoreError) {
        guard let base = unsafe rocksdb_options_create(), let database = unsafe rocksdb_options_create(),
            let syncedWrite = unsafe rocksdb_writeoptions_create(),
            let read = unsafe rocksdb_readoptions_create(),
            let cachedRead = unsafe rocksdb_readoptions_create()
        else { preconditionFailure("no memory for RocksDB's options") }
        unsafe self.database = unsafe database
        unsafe self.syncedWrite = unsafe syncedWrite
        unsafe self.read = unsafe read
        unsafe self.cachedRead = unsafe cachedRead
        unsafe rocksdb_writeoptions_set_sync(syncedWrite, 1)
        unsafe rocksdb_readoptions_set_read_tier(cachedRead, Self.blockCacheTier)
        defer { unsafe rocksdb_options_destroy(base) }
        let fault = unsafe RocksDBFault.catching { fault in
            unsafe rocksdb_get_options_from_string(
                base, Self.settings.joined(separator: ";"), database, fault)
        }
        guard let fault else { return }
        throw StoreError(
            code: .io,
            message:
                "the RocksDB library here does not take our settings (\(fault.text)): install librocksdb 7.8")
    }

    deinit {
        unsafe rocksdb_options_destroy(database)
        unsafe rocksdb_writeoptions_destroy(syncedWrite)
        unsafe rocksdb_readoptions_destroy(read)
        unsafe rocksdb_readoptions_destroy(cachedRead)
    }
}
