/// Operations waiting for one commit, each a list of conditions and a list of writes, in flat memory that is used again.
///
/// Filled on one thread, handed over whole, read on another; never both at once.
package final class OperationGroup {
    package init() {}
}
