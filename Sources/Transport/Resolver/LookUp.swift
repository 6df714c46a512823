internal import CAres
internal import CLinux
internal import Glibc

/// One look-up of a name by c-ares: hosts file, search domains, A and AAAA side by side.
///
/// Owns its channel and ends everything with it. A missing or failing AAAA does not veto an A that is there, nor the
/// other way round.
final class LookUp {
    /// A query is sent again after this, then after twice as long each time.
    private static let firstRetransmission = Duration.milliseconds(250)

    private let channel: ares_channel
    private let replies: Replies
    private let host: String

    /// Begins to ask.
    ///
    /// - Parameter time: how long there is, which sets the number of retransmissions.
    init(
        of host: String,
        from source: Resolver.Source,
        within time: Duration,
        on loop: isolated EventLoop
    ) throws(TransportFailure) {
        guard ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS else {
            throw TransportFailure(.resolve, .unexpected, "c-ares could not be initialised")
        }
        replies = Replies(pollSet: try PollSet(on: loop))
        channel = try makeChannel(source, replies, tries: Self.tries(within: time))
        self.host = host
        for family in [AF_INET, AF_INET6] {
            var hints = ares_addrinfo_hints()
            hints.ai_family = family
            hints.ai_flags = ARES_AI_NOSORT
            let reply = Unmanaged.passUnretained(family == AF_INET ? replies.v4 : replies.v6).toOpaque()
            ares_getaddrinfo(channel, host, nil, &hints, onReply, reply)
        }
    }

    deinit {
        // Calls back for what is unanswered; the replies outlive the channel.
        ares_destroy(channel)
    }

    /// Waits for the answers.
    ///
    /// - Returns: the addresses, the two families in turn, and how long they may be kept.
    func run(
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) -> ([Address], life: Duration) {
        var patience = deadline
        while !replies.areComplete {
            if replies.haveAddresses, patience == deadline {
                patience = min(deadline, loop.now + Resolver.resolutionDelay)
            }
            var ready: [(Int32, Readiness)] = []
            let wake = await replies.pollSet.wait(until: min(patience, nextRetransmission(on: loop)), on: loop) {
                ready.append(($0, $1))
            }
            guard wake != .cancelled else { throw TransportFailure(.resolve, .closed, "cancelled") }
            for (descriptor, readiness) in ready {
                ares_process_fd(
                    channel,
                    readiness.isDisjoint(with: [.readable, .hungUp]) ? ARES_SOCKET_BAD : descriptor,
                    readiness.contains(.writable) ? descriptor : ARES_SOCKET_BAD
                )
            }
            if ready.isEmpty { ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD) }
            if loop.now >= patience { break }
        }
        return try replies.verdict(on: host)
    }

    private func nextRetransmission(on loop: EventLoop) -> ContinuousClock.Instant {
        var longest = timeval(tv_sec: 60, tv_usec: 0)
        var time = timeval()
        guard let next = ares_timeout(channel, &longest, &time) else { return loop.now + .seconds(60) }
        return loop.now + .seconds(next.pointee.tv_sec) + .microseconds(next.pointee.tv_usec)
    }

    /// As many tries as fill the time, each twice as long as the one before.
    private static func tries(within time: Duration) -> Int32 {
        var tries: Int32 = 1
        var covered = firstRetransmission
        while covered < time, tries < 10 {
            covered = covered * 2 + firstRetransmission
            tries += 1
        }
        return tries
    }

    fileprivate static var retransmissionMilliseconds: Int32 { Int32(firstRetransmission / .milliseconds(1)) }
}

private func makeChannel(_ source: Resolver.Source, _ replies: Replies, tries: Int32) throws(TransportFailure)
    -> ares_channel
{
    var options = ares_options()
    options.timeout = LookUp.retransmissionMilliseconds
    options.tries = tries
    options.sock_state_cb = onSocketState
    options.sock_state_cb_data = Unmanaged.passUnretained(replies).toOpaque()
    var mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB
    var channel: ares_channel?
    var status: Int32
    switch source {
    case .system:
        status = ares_init_options(&channel, &options, mask)
    case .servers(let servers, let search):
        mask |= ARES_OPT_DOMAINS
        var domains: [UnsafeMutablePointer<CChar>?] = search.map { strdup($0) }
        defer { for domain in domains { free(domain) } }
        status = domains.withUnsafeMutableBufferPointer { domains in
            options.domains = domains.baseAddress
            options.ndomains = Int32(domains.count)
            return ares_init_options(&channel, &options, mask)
        }
        if status == ARES_SUCCESS, let channel {
            status = ares_set_servers_ports_csv(channel, servers)
            if status != ARES_SUCCESS { ares_destroy(channel) }
        }
    }
    guard status == ARES_SUCCESS, let channel else {
        throw TransportFailure(.resolve, .unexpected, String(cString: ares_strerror(status)))
    }
    return channel
}

/// What has come of the two families.
private final class Replies {
    /// One family's addresses, or c-ares' word for why there are none.
    final class Reply {
        var status: Int32?
        var addresses: [Address] = []
        var life: Duration?
    }

    let pollSet: PollSet
    let v4 = Reply()
    let v6 = Reply()

    init(pollSet: PollSet) {
        self.pollSet = pollSet
    }

    var areComplete: Bool { v4.status != nil && v6.status != nil }
    var haveAddresses: Bool { !v4.addresses.isEmpty || !v6.addresses.isEmpty }

    func verdict(on host: String) throws(TransportFailure) -> ([Address], life: Duration) {
        guard haveAddresses else { throw failure(of: host) }
        var addresses: [Address] = []
        for index in 0..<max(v4.addresses.count, v6.addresses.count) {
            if index < v6.addresses.count { addresses.append(v6.addresses[index]) }
            if index < v4.addresses.count { addresses.append(v4.addresses[index]) }
        }
        return (addresses, [v4.life, v6.life].compactMap(\.self).min() ?? .zero)
    }

    /// The more telling of the two: "no such name" only when neither says anything else.
    private func failure(of host: String) -> TransportFailure {
        let statuses = [v4.status, v6.status]
        let silent = TransportFailure(.resolve, .timedOut, "\(host): no answer from the name servers")
        let failures = statuses.map { status in
            status.map { TransportFailure(.resolve, reason(of: $0), "\(host): \(String(cString: ares_strerror($0)))") }
        }
        return failures.map { $0 ?? silent }.first { $0.reason != .notFound }
            ?? TransportFailure(.resolve, .notFound, "\(host): no such name, or it has no address")
    }
}

private func onSocketState(_ data: UnsafeMutableRawPointer?, _ socket: Int32, _ readable: Int32, _ writable: Int32) {
    let replies = Unmanaged<Replies>.fromOpaque(data!).takeUnretainedValue()
    var interest: Readiness = []
    if readable != 0 { interest.insert(.readable) }
    if writable != 0 { interest.insert(.writable) }
    // A socket that cannot be watched is as good as silent: the retransmission, or the deadline, comes.
    try? replies.pollSet.watch(socket, for: interest)
}

private func onReply(
    _ data: UnsafeMutableRawPointer?,
    _ status: Int32,
    _ timeouts: Int32,
    _ result: UnsafeMutablePointer<ares_addrinfo>?
) {
    let reply = Unmanaged<Replies.Reply>.fromOpaque(data!).takeUnretainedValue()
    reply.status = status
    guard let result else { return }
    defer { ares_freeaddrinfo(result) }
    var node = result.pointee.nodes
    while let current = node {
        if let address = current.pointee.ai_addr.flatMap({ Address(ip: $0) }) {
            reply.addresses.append(address)
            let life = Duration.seconds(Int(current.pointee.ai_ttl))
            reply.life = min(reply.life ?? life, life)
        }
        node = current.pointee.ai_next
    }
}

/// What a status of c-ares says of the name.
///
/// `ARES_ECONNREFUSED` is what it says when all name servers were asked in vain, whether they answered SERVFAIL or
/// REFUSED or could not be reached.
private func reason(of status: Int32) -> TransportFailure.Reason {
    switch status {
    case ARES_ENOTFOUND, ARES_ENODATA: .notFound
    case ARES_ETIMEOUT: .timedOut
    case ARES_EREFUSED: .refused
    case ARES_EBADRESP, ARES_EFORMERR: .malformed
    default: .unexpected
    }
}
