internal import CMicroHTTPD
internal import Glibc

/// Notices clients that leave while their request is held back, which the library then does not (epoll(7)).
///
/// Somebody who only closes the half that he sends by looks the same and counts as gone.
final class DepartureWatch: Sendable {
    private let descriptor: Int32
    private let bell: Int32
    /// What epoll reports for the bell; no slot is that large.
    private static let bellData = UInt64.max

    /// Nil when the process has no descriptors left.
    init?() {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: Self.bellData))
        guard descriptor >= 0, bell >= 0, epoll_ctl(descriptor, EPOLL_CTL_ADD, bell, &event) == 0 else { return nil }
    }

    deinit {
        close(descriptor)
        close(bell)
    }

    /// Begins to watch a client's socket. False where the kernel can watch no more.
    func add(_ socket: Int32, at slot: ConnectionTable.Slot) -> Bool {
        // Once: a socket whose client has gone stays ready, and the room may need a while to let it go.
        let events = EPOLLRDHUP.rawValue | EPOLLONESHOT.rawValue
        var event = epoll_event(events: events, data: epoll_data_t(u64: UInt64(slot)))
        return epoll_ctl(descriptor, EPOLL_CTL_ADD, socket, &event) == 0
    }

    func remove(_ socket: Int32) {
        var event = epoll_event()
        epoll_ctl(descriptor, EPOLL_CTL_DEL, socket, &event)
    }

    /// Ends the present wait, or the next one at once. From any thread.
    func ring() {
        eventfd_write(bell, 1)
    }

    /// Sleeps until clients leave, until ``ring()`` or `deadline`; nil sleeps without end. May return early.
    func wait(until deadline: ContinuousClock.Instant?) -> [ConnectionTable.Slot] {
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 256) { events in
            let patience = deadline.map(milliseconds(until:)) ?? -1
            let count = epoll_wait(descriptor, events.baseAddress, Int32(events.count), patience)
            return (0..<max(0, Int(count)))
                .compactMap { index in
                    guard events[index].data.u64 == Self.bellData else { return Int(events[index].data.u64) }
                    var count: eventfd_t = 0
                    eventfd_read(bell, &count)
                    return nil
                }
        }
    }
}
