internal import CMicroHTTPD
internal import Glibc

/// Lets one thread sleep until another has something for it (eventfd(2)).
final class WakeSignal: Sendable {
    private let descriptor: Int32

    /// Nil when the process has no descriptor left.
    init?() {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    /// Ends the present wait, or the next one at once.
    func set() {
        eventfd_write(descriptor, 1)
    }

    /// Sleeps until ``set()`` or `deadline`; nil sleeps without end. May return early, so ask again what is to be done.
    func wait(until deadline: ContinuousClock.Instant?) {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&entry, 1, deadline.map(milliseconds(until:)) ?? -1) > 0 {
            var count: eventfd_t = 0
            eventfd_read(descriptor, &count)
        }
    }
}

/// Rounded up, lest the sleeper wake a moment too early and turn in circles.
func milliseconds(until deadline: ContinuousClock.Instant) -> Int32 {
    let (seconds, attoseconds) = ContinuousClock.now.duration(to: deadline).components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
}
