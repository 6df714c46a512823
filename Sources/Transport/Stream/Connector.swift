internal import CLinux
internal import Glibc

/// Finds a way to an endpoint: looks its name up, then races connections to its addresses (CONTRACT section 11).
///
/// At most ``mostAddresses`` are tried, ``raceDelay`` apart or as soon as the one before has failed, the one that last
/// worked first; the first that answers wins and the others are closed (RFC 8305).
package struct Connector: Sendable {
    package static let mostAddresses = 4
    package static let raceDelay = Duration.milliseconds(250)

    package let resolver: Resolver

    package init(resolver: Resolver) {
        self.resolver = resolver
    }

    /// The addresses of an endpoint in the order in which they are to be tried.
    ///
    /// - Throws: `resolve.*` where the name gives none.
    package func addresses(
        of endpoint: Endpoint,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) -> [Address] {
        switch endpoint {
        case .unix(let path): return [.unix(path: path)]
        case .host(let host, let port):
            if let literal = Address(literal: host, port: port) { return [literal] }
            let found = try await resolver.addresses(of: host, until: deadline, on: loop)
            return found.prefix(Self.mostAddresses).map { $0.with(port: port) }
        }
    }

    /// Whether an endpoint is still where an address leads, whatever its port, by the last answer about its name.
    package func leads(_ endpoint: Endpoint, to address: Address) -> Bool {
        guard case .host(let host, _) = endpoint else { return true }
        let address = address.with(port: 0)
        if let literal = Address(literal: host, port: 0) { return literal == address }
        return resolver.names(address, for: host)
    }

    /// Has the next look-up of an endpoint's name ask the name servers, unless their last answer came after `moment`.
    package func doubtName(of endpoint: Endpoint, heardBy moment: ContinuousClock.Instant) {
        if case .host(let host, _) = endpoint { resolver.doubt(host, heardBy: moment) }
    }

    /// Says that an address of an endpoint answered, so that it is tried first from now on.
    package func remember(_ address: Address, for endpoint: Endpoint) {
        if case .host(let host, _) = endpoint { resolver.remember(address, for: host) }
    }

    /// Connects to the first address that answers.
    ///
    /// - Returns: the connected, non-blocking socket, watched by the loop, and its address.
    /// - Throws: `resolve.*` or `connect.*`; `connect.timed_out` at the deadline.
    func connect(
        to endpoint: Endpoint,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) -> (Token, Address) {
        let addresses = try await addresses(of: endpoint, until: deadline, on: loop)
        var race = Race(addresses: addresses)
        guard addresses.count > 1 else {
            let socket = try race.startNext()
            return (try await finish(socket, until: deadline, on: loop), addresses[0])
        }
        let pollSet = try PollSet(on: loop)
        let winner = try await race.run(in: pollSet, until: deadline, on: loop)
        let address = winner.address
        remember(address, for: endpoint)
        return (try loop.add(winner.socket), address)
    }

    /// Waits for the one connection that there is: the common case, without a poll set.
    private func finish(
        _ socket: consuming Descriptor,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) -> Token {
        let number = socket.number
        let token = try loop.add(socket)
        do throws(TransportFailure) {
            switch await loop.wait(on: token, for: .writable, until: deadline) {
            case .ready, .signalled: try checkConnected(number)
            case .deadline: throw TransportFailure(.connect, .timedOut)
            case .cancelled: throw TransportFailure(.connect, .closed, "cancelled")
            }
            return token
        } catch {
            loop.remove(token)
            throw error
        }
    }
}

/// Connections to several addresses, of which one is wanted.
private struct Race: ~Copyable {
    struct Winner: ~Copyable {
        let socket: Descriptor
        let address: Address
    }

    let addresses: [Address]
    private var next = 0
    private var running: [Int32: Address] = [:]
    private var failure: TransportFailure?

    init(addresses: [Address]) {
        self.addresses = addresses
    }

    deinit {
        for socket in running.keys { close(socket) }
    }

    /// Begins to connect to the next address; there must be one.
    mutating func startNext() throws(TransportFailure) -> Descriptor {
        next += 1
        return try startConnecting(to: addresses[next - 1])
    }

    mutating func run(
        in pollSet: PollSet,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) -> Winner {
        while true {
            startAnother(in: pollSet)
            guard !running.isEmpty else { throw failure ?? TransportFailure(.connect, .unreachable) }
            let patience = next < addresses.count ? min(deadline, loop.now + Connector.raceDelay) : deadline
            var done: [Int32] = []
            switch await pollSet.wait(until: patience, on: loop, { socket, _ in done.append(socket) }) {
            case .ready, .signalled: break
            case .deadline where patience < deadline: continue
            case .deadline: throw TransportFailure(.connect, .timedOut)
            case .cancelled: throw TransportFailure(.connect, .closed, "cancelled")
            }
            for socket in done {
                guard let address = running.removeValue(forKey: socket) else { continue }
                let descriptor = Descriptor(owning: socket)
                do {
                    try checkConnected(socket)
                    try pollSet.watch(socket, for: [])
                    return Winner(socket: descriptor, address: address)
                } catch {
                    note(error)
                }
            }
        }
    }

    /// Begins with the next address that does not fail at once, if there is one.
    private mutating func startAnother(in pollSet: PollSet) {
        while next < addresses.count {
            do throws(TransportFailure) {
                let socket = try startNext()
                try pollSet.watch(socket.number, for: .writable)
                running[socket.release()] = addresses[next - 1]
                return
            } catch {
                note(error)
            }
        }
    }

    /// Keeps the most telling failure: any is better than an address family that this machine does not have.
    private mutating func note(_ new: TransportFailure) {
        if failure == nil || new.reason != .unreachable { failure = new }
    }
}

/// Opens a non-blocking socket and begins to connect it.
private func startConnecting(to address: Address) throws(TransportFailure) -> Descriptor {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let number = socket(address.family, type, 0)
    guard number >= 0 else { throw SystemError.last.connectFailure }
    let descriptor = Descriptor(owning: number)
    if address.family != AF_UNIX {
        var yes: Int32 = 1
        _ = setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }
    let result = address.withSocketAddress { Glibc.connect(number, $0, $1) }
    if result != 0, errno != EINPROGRESS { throw SystemError.last.connectFailure }
    return descriptor
}

/// Throws what became of a connection attempt that has ended.
private func checkConnected(_ socket: Int32) throws(TransportFailure) {
    var error: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 else { throw SystemError.last.connectFailure }
    guard error == 0 else { throw SystemError(number: error).connectFailure }
}
