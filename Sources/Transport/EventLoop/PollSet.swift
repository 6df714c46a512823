internal import CLinux
internal import Glibc

/// Descriptors that belong to a client library, or to a race of connections, waited for together.
///
/// An epoll set of its own inside the loop's: whoever owns the descriptors opens and closes them as it likes, even under
/// the same number. Lives on its loop; closes with its last reference.
package final class PollSet {
    private let loop: EventLoop
    private let poller: Poller
    private let token: Token

    /// - Throws: `connect.overloaded` where no descriptor is left.
    package init(on loop: isolated EventLoop) throws(TransportFailure) {
        self.loop = loop
        let poller: Poller
        do {
            poller = try Poller()
        } catch {
            throw TransportFailure(.connect, .overloaded, error.description)
        }
        // The loop watches, and closes, a duplicate: each of the two has one owner.
        let watched = fcntl(poller.descriptor, F_DUPFD_CLOEXEC, 0)
        guard watched >= 0 else { throw TransportFailure(.connect, .overloaded, SystemError.last.description) }
        token = try loop.add(Descriptor(owning: watched))
        self.poller = poller
    }

    deinit {
        loop.assumeIsolated { [token] in $0.remove(token) }
    }

    /// Watches a descriptor for `interest` as long as it lasts; for nothing: watches it no more.
    package func watch(_ descriptor: Int32, for interest: Readiness) throws(TransportFailure) {
        guard !interest.isEmpty else { return poller.remove(descriptor) }
        do {
            try poller.set(descriptor, events: interest.epollEvents, data: UInt64(descriptor))
        } catch {
            throw TransportFailure(.connect, .overloaded, error.description)
        }
    }

    /// Waits until one of the descriptors is ready (``Wake/ready``) or the deadline passes; `body` gets each that is.
    package func wait(
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop,
        _ body: (_ descriptor: Int32, _ readiness: Readiness) -> Void
    ) async -> Wake {
        while true {
            var any = false
            poller.wait(.zero) { data, readiness in
                any = true
                body(Int32(truncatingIfNeeded: data), readiness)
            }
            if any { return .ready }
            loop.exhausted(.readable, of: token)
            let wake = await loop.wait(on: token, for: .readable, until: deadline)
            if wake != .ready { return wake }
        }
    }
}
