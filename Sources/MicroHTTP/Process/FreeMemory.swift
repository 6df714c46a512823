internal import CMicroHTTPD

/// What malloc(3) keeps of the memory that was freed.
package enum FreeMemory {
    /// Has all threads share two pools: else malloc would make up to eight for each core of the node.
    package static func keepInTwoPools() {
        mallopt(M_ARENA_MAX, 2)
    }

    /// Gives it back to the system. It takes milliseconds, during which other threads may wait for memory.
    package static func giveBack() {
        malloc_trim(0)
    }
}
