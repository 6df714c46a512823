internal import CLinux
internal import Glibc

/// Owns one epoll set.
struct Poller: ~Copyable {
    let descriptor: Int32

    init() throws(SystemError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        if descriptor < 0 { throw SystemError.last }
    }

    deinit {
        close(descriptor)
    }

    /// What is watched for: everything once, on edges.
    static let everyEdge =
        EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue

    /// Begins to watch a descriptor, or changes what is watched for.
    ///
    /// A library may close a descriptor and open another under the same number: the kernel has then forgotten the first,
    /// so a change that finds nothing becomes an addition.
    func set(_ number: Int32, events: UInt32, data: UInt64) throws(SystemError) {
        var event = epoll_event(events: events, data: epoll_data_t(u64: data))
        if epoll_ctl(descriptor, EPOLL_CTL_MOD, number, &event) == 0 { return }
        if errno == ENOENT, epoll_ctl(descriptor, EPOLL_CTL_ADD, number, &event) == 0 { return }
        throw SystemError.last
    }

    func add(_ number: Int32, events: UInt32, data: UInt64) throws(SystemError) {
        var event = epoll_event(events: events, data: epoll_data_t(u64: data))
        if epoll_ctl(descriptor, EPOLL_CTL_ADD, number, &event) != 0 { throw SystemError.last }
    }

    func remove(_ number: Int32) {
        var event = epoll_event()
        _ = epoll_ctl(descriptor, EPOLL_CTL_DEL, number, &event)
    }

    /// Waits for events, at most `patience` (nil: for ever), and hands each to `body`.
    ///
    /// - Returns: whether as many came as fit, so that more may be there.
    @discardableResult
    func wait(_ patience: Duration?, _ body: (_ data: UInt64, _ readiness: Readiness) -> Void) -> Bool {
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 256) { events in
            let count: Int32
            if let patience {
                let (seconds, attoseconds) = patience.components
                var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
                count = pollWait(events, &time)
            } else {
                count = pollWait(events, nil)
            }
            for index in 0..<max(0, Int(count)) {
                body(events[index].data.u64, Readiness(epoll: events[index].events))
            }
            return count == events.count
        }
    }

    private func pollWait(_ events: UnsafeMutableBufferPointer<epoll_event>, _ time: UnsafeMutablePointer<timespec>?)
        -> Int32
    {
        let count = epoll_pwait2(descriptor, events.baseAddress!, Int32(events.count), time, nil)
        guard count < 0, errno == ENOSYS else { return count }
        // Linux before 5.11: milliseconds, rounded up so that a timer is never early.
        let milliseconds = time.map {
            Int32(clamping: $0.pointee.tv_sec * 1000 + ($0.pointee.tv_nsec + 999_999) / 1_000_000)
        }
        return epoll_wait(descriptor, events.baseAddress!, Int32(events.count), milliseconds ?? -1)
    }
}

extension Readiness {
    init(epoll events: UInt32) {
        self = []
        if events & (EPOLLIN.rawValue | EPOLLPRI.rawValue) != 0 { insert(.readable) }
        if events & EPOLLOUT.rawValue != 0 { insert(.writable) }
        if events & EPOLLRDHUP.rawValue != 0 { insert(.hungUp) }
        if events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { formUnion([.hungUp, .broken]) }
    }

    /// As epoll's bits, level-triggered.
    var epollEvents: UInt32 {
        (contains(.readable) ? EPOLLIN.rawValue : 0) | (contains(.writable) ? EPOLLOUT.rawValue : 0)
    }
}
