internal import CMicroHTTPD

/// What malloc(3) keeps of the memory that was freed.
package enum FreeMemory {
    /// Gives it back to the system. It takes milliseconds, during which other threads may wait for memory.
    package static func giveBack() {
        malloc_trim(0)
    }
}
