internal import CLinux
import Foundation
import TestSupport

/// Which of many sockets have something to read; numbers stand for them. For one thread.
final class Poll {
    private let descriptor: Int32
    private var events = [epoll_event](repeating: epoll_event(), count: 256)

    init() { descriptor = epoll_create1(Int32(EPOLL_CLOEXEC)) }

    deinit { Glibc.close(descriptor) }

    func add(_ socket: Int32, as number: Int) throws {
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data(u64: UInt64(number)))
        guard epoll_ctl(descriptor, EPOLL_CTL_ADD, socket, &event) == 0 else { throw SystemFailure("epoll_ctl") }
    }

    /// Closes one that was added. To close it alone is not enough: a child that has not come to `exec` yet holds a copy, by which it
    /// would go on being told of.
    func close(_ socket: Int32) {
        epoll_ctl(descriptor, EPOLL_CTL_DEL, socket, nil)
        Glibc.close(socket)
    }

    /// Waits, and calls `body` for each that is ready, or is closed; false when `bound` passed without one.
    func wait(within bound: Duration, _ body: (Int) throws -> Void) throws -> Bool {
        let count = epoll_wait(descriptor, &events, Int32(events.count), Int32(bound / .milliseconds(1)))
        guard count >= 0 || errno == EINTR else { throw SystemFailure("epoll_wait") }
        for index in 0..<Int(max(count, 0)) { try body(Int(events[index].data.u64)) }
        return count > 0
    }
}
