import TestKit
import Testing

/// Tests of the real executables over real sockets, one after another.
///
/// Each runs its blocking code on a thread of its own, so that the unit tests beside it keep Swift's.
@Suite(.serialized, .tags(.slow), .timeLimit(.minutes(20)))
enum EndToEnd {}
