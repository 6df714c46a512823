internal import Glibc
internal import Synchronization

/// The HTTP server: one libmicrohttpd daemon for each listen address, all under one limit on connections.
///
/// Plain HTTP/1.1 and 1.0; GET, HEAD and OPTIONS. It knows nothing of what it serves: a handler returns a ``Page`` for
/// each request. May be used from any thread; calls that wait say so and belong on a thread that may wait.
package final class Server: Sendable {
    /// Called on a thread of the server's for each request that is let in. It must neither wait nor, for what is asked
    /// often, allocate. The same page may be returned again and again. HEAD's body is left out by the server.
    package typealias Handler = @Sendable (borrowing RequestView) -> Page

    private let addresses: [ListenAddress]
    private let limits: ServerLimits
    private let environment: [String: String]
    private let handler: Handler
    private let log: EventLog
    private let running = Mutex<Running?>(nil)

    private struct Running {
        let daemons: [Daemon]
        let register: ConnectionRegister
        let watcher: Watcher
    }

    /// Nothing is opened before ``start()``.
    /// - Parameters:
    ///   - environment: where `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES` stand (sd_listen_fds(3)).
    ///   - log: called on the server's threads; must not wait.
    package init(
        addresses: [ListenAddress],
        limits: ServerLimits = ServerLimits(),
        environment: [String: String] = [:],
        log: @escaping @Sendable (ServerEvent) -> Void,
        handler: @escaping Handler
    ) {
        self.addresses = addresses
        self.limits = limits
        self.environment = environment
        self.handler = handler
        self.log = EventLog(write: log)
    }

    deinit { stop(within: .zero) }

    /// Listens on all addresses, or, if one of them cannot be had, on none.
    ///
    /// The threads it starts inherit the caller's signal mask. Raise the limit on descriptors before
    /// (``DescriptorLimit/raise(to:)``): connections yield to it.
    package func start() throws(ServerFailure) {
        let started = try listen()
        running.withLock { running in
            precondition(running == nil, "the server was started twice")
            running = started
        }
    }

    /// Where the server listens, with the ports that were really taken; one for each socket. Empty unless started.
    package var boundAddresses: [ListenAddress] {
        running.withLock { $0?.daemons.map(\.address) ?? [] }
    }

    package var connections: ConnectionCounts {
        running.withLock { $0?.register.counts } ?? ConnectionCounts(idle: 0, active: 0)
    }

    /// Refuses new clients; those that are connected are served until ``stop(within:)``.
    package func stopAccepting() {
        running.withLock { running in
            for daemon in running?.daemons ?? [] { daemon.stopAccepting() }
        }
    }

    /// Stops accepting, waits until no answer is on its way, at most for `grace`, then closes every connection.
    ///
    /// Blocks its thread so long. Without effect unless started.
    package func stop(within grace: Duration) {
        let deadline = ContinuousClock.now + grace
        stopAccepting()
        let stopping = running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let stopping else { return }
        stopping.register.waitUntilQuiet(until: deadline)
        for daemon in stopping.daemons { daemon.stop() }
        stopping.watcher.stop()
    }

    private func listen() throws(ServerFailure) -> Running {
        let systemd = SystemdSockets(environment: environment, processID: getpid())
        var sockets: [(listener: Int, socket: ListeningSocket)] = []
        for (index, address) in addresses.enumerated() {
            for socket in try ListeningSocket.open(address, systemd: systemd) { sockets.append((index, socket)) }
        }
        guard let first = sockets.first?.socket.address else { preconditionFailure("a server without an address") }

        let limits = limitsThatFit(daemons: sockets.count)
        guard let register = ConnectionRegister(limits: limits, log: log) else {
            throw ServerFailure(address: first, reason: .system(code: errno))
        }
        let watcher: Watcher
        do throws(Errno) {
            watcher = try Watcher(register: register)
        } catch {
            throw ServerFailure(address: first, reason: .system(code: error.code))
        }

        let refusals = Refusals()
        var started: [Daemon] = []
        do throws(ServerFailure) {
            for (number, (listener, socket)) in sockets.enumerated() {
                let daemon = Daemon(
                    number: number,
                    listener: listener,
                    socket: socket,
                    register: register,
                    refusals: refusals,
                    log: log,
                    handler: handler
                )
                try daemon.start(limits: limits)
                started.append(daemon)
            }
        } catch {
            for daemon in started {
                daemon.stopAccepting()
                daemon.stop()
            }
            watcher.stop()
            throw error
        }
        return Running(daemons: started, register: register, watcher: watcher)
    }

    /// Leaves the reserved descriptors alone, and those the server needs for itself: listening socket, epoll, event
    /// counter and spare of each daemon, two event counters and the standard streams.
    private func limitsThatFit(daemons: Int) -> ServerLimits {
        let own = 4 * daemons + 5
        let available = max(DescriptorLimit.current - limits.reservedDescriptors - own, 4)
        guard available < limits.connections else { return limits }
        log.reduced(to: available, from: limits.connections)
        var reduced = limits
        reduced.connections = available
        return reduced
    }
}
