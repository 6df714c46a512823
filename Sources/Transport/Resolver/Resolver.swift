internal import Synchronization

/// Turns names into addresses, under the probe's own deadline: never by `getaddrinfo`, which may block for 20 s.
///
/// Answers are kept for their time to live, 1 s to 30 s, or until they are doubted. When the name servers fail or stay
/// silent, though not when they say that there is no such name, the last addresses may be used for 5 min (CONTRACT
/// section 11).
package final class Resolver: Sendable {
    /// Which name servers are asked.
    package enum Source: Hashable, Sendable {
        /// Those of `/etc/resolv.conf`, after `/etc/hosts`; both are read at each look-up, so a change is seen.
        case system
        /// These alone, as `127.0.0.1:5353,127.0.0.2`, with a search list; after `/etc/hosts`.
        case servers(String, search: [String] = [])
    }

    private struct Entry {
        /// None once the name servers have said that there is no such name.
        var addresses: [Address]
        let heard: ContinuousClock.Instant
        var freshUntil: ContinuousClock.Instant
        let usableUntil: ContinuousClock.Instant
    }

    /// How long the second family may come after the first (RFC 8305 section 3).
    static let resolutionDelay = Duration.milliseconds(50)
    private static let shortestLife = Duration.seconds(1)
    private static let longestLife = Duration.seconds(30)
    private static let longestUse = Duration.seconds(300)
    /// More names than any configuration has; redirects of a hostile upstream could bring others.
    private static let mostEntries = 1024

    private let source: Source
    private let cache = Mutex<[String: Entry]>([:])

    package init(source: Source = .system) {
        self.source = source
    }

    /// The addresses of a name, IPv6 and IPv4 in turn, the one that last worked first; port 0.
    ///
    /// - Throws: `resolve.not_found`, `resolve.timed_out` at the deadline, `resolve.refused`, `resolve.malformed`, or
    ///   `resolve.unexpected` where the name server failed.
    package func addresses(
        of host: String,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) -> [Address] {
        let now = loop.now
        let known = cache.withLock { $0[host] }
        if let known, now < known.freshUntil { return known.addresses }
        // With something to fall back on, half of the time is left to connect with it.
        let fallback = known.flatMap { now < $0.usableUntil && !$0.addresses.isEmpty ? $0.addresses : nil }
        let patience = fallback == nil ? deadline : now + now.duration(to: deadline) / 2
        do throws(TransportFailure) {
            let lookUp = try LookUp(of: host, from: source, within: now.duration(to: patience), on: loop)
            let (addresses, life) = try await lookUp.run(until: patience, on: loop)
            return keep(addresses, of: host, for: life, at: now)
        } catch {
            if error.reason == .notFound { cache.withLock { $0[host]?.addresses = [] } }
            guard let fallback, error.reason != .notFound else { throw error }
            return fallback
        }
    }

    /// Whether an address, of port 0, is among those of the last answer about `host`, or none is kept.
    func names(_ address: Address, for host: String) -> Bool {
        cache.withLock { $0[host]?.addresses.contains(address) ?? true }
    }

    /// Has the next look-up of `host` ask the name servers, unless what is kept of them came after `moment`.
    func doubt(_ host: String, heardBy moment: ContinuousClock.Instant) {
        cache.withLock { cache in
            guard let heard = cache[host]?.heard, heard <= moment else { return }
            cache[host]?.freshUntil = heard
        }
    }

    /// Says that an address of `host` worked, so that it is tried first from now on.
    func remember(_ address: Address, for host: String) {
        let address = address.with(port: 0)
        cache.withLock { cache in
            guard let place = cache[host]?.addresses.firstIndex(of: address), place > 0 else { return }
            cache[host]?.addresses.swapAt(0, place)
        }
    }

    private func keep(
        _ addresses: [Address],
        of host: String,
        for life: Duration,
        at now: ContinuousClock.Instant
    ) -> [Address] {
        let life = min(max(life, Self.shortestLife), Self.longestLife)
        return cache.withLock { cache in
            var addresses = addresses
            if let best = cache[host]?.addresses.first, let place = addresses.firstIndex(of: best) {
                addresses.swapAt(0, place)
            }
            if cache.count >= Self.mostEntries { cache.removeAll() }
            cache[host] = Entry(
                addresses: addresses,
                heard: now,
                freshUntil: now + life,
                usableUntil: now + Self.longestUse
            )
            return addresses
        }
    }
}
