internal import Glibc
internal import Synchronization

/// The HTTP server: one libmicrohttpd daemon for each listen address, all under one limit on connections.
///
/// Plain HTTP/1.1 and 1.0; GET, HEAD and OPTIONS. It knows nothing of what it serves: a handler returns a ``Page`` for
/// each request. May be used from any thread; calls that wait say so and belong on a thread that may wait.
package final class Server: Sendable {
    /// Called on a thread of the server's for each request that is let in. It must neither wait nor, for what is asked
    /// often, allocate; an answer that is to come later is held back. The same page may be returned again and again.
    /// HEAD's body is left out by the server.
    package typealias Handler = @Sendable (borrowing RequestView) -> Reply

    private let addresses: [ListenAddress]
    private let limits: ServerLimits
    private let environment: [String: String]
    private let room: WaitingRoom?
    private let handler: Handler
    private let log: EventLog
    private let running = Mutex<Running?>(nil)

    private struct Running {
        let daemons: [Daemon]
        let register: ConnectionRegister
        let watchers: [Watcher]
    }

    /// What those who were held back have for their answers, where nobody else is waited for.
    private static let graceOfHeld = Duration.seconds(1)

    /// Nothing is opened before ``start()``.
    /// - Parameters:
    ///   - environment: where `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES` stand (sd_listen_fds(3)).
    ///   - room: where answers are held back, of this server alone; nil to hold none.
    ///   - log: called on the server's threads; must not wait.
    package init(
        addresses: [ListenAddress],
        limits: ServerLimits = ServerLimits(),
        environment: [String: String] = [:],
        room: WaitingRoom? = nil,
        log: @escaping @Sendable (ServerEvent) -> Void,
        handler: @escaping Handler
    ) {
        self.addresses = addresses
        self.limits = limits
        self.environment = environment
        self.room = room
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

    /// Stops accepting, answers whoever is held back, waits until no answer is on its way, at most for `grace`, then closes
    /// every connection.
    ///
    /// Blocks its thread so long, and a second at most for those who were held back. Without effect unless started.
    package func stop(within grace: Duration) {
        stopAccepting()
        let stopping = running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let stopping else { return }
        let patience = room?.close() == true ? max(grace, Self.graceOfHeld) : grace
        stopping.register.waitUntilQuiet(until: .now + patience)
        // The daemons last: each would abort the process if something were still suspended.
        for watcher in stopping.watchers { watcher.stop() }
        for daemon in stopping.daemons { daemon.stop() }
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
        room?.open(limit: limits.mostHeld)
        let watchers = try watch(register, else: first)

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
                    room: room,
                    handler: handler
                )
                try daemon.start(limits: limits)
                started.append(daemon)
            }
        } catch {
            for daemon in started { daemon.stopAccepting() }
            _ = room?.close()
            for watcher in watchers { watcher.stop() }
            for daemon in started { daemon.stop() }
            throw error
        }
        return Running(daemons: started, register: register, watchers: watchers)
    }

    /// Starts the threads besides the daemons' own, or none.
    private func watch(
        _ register: ConnectionRegister,
        else address: ListenAddress
    ) throws(ServerFailure) -> [Watcher] {
        let watched: [any Watched] = room.map { [register, $0] } ?? [register]
        var watchers: [Watcher] = []
        do throws(Errno) {
            for watched in watched { watchers.append(try Watcher(watched)) }
        } catch {
            for watcher in watchers { watcher.stop() }
            throw ServerFailure(address: address, reason: .system(code: error.code))
        }
        return watchers
    }

    /// Leaves the reserved descriptors alone, and those the server needs for itself: listening socket, epoll, event
    /// counter and spare of each daemon, two event counters, the room's two and the standard streams.
    private func limitsThatFit(daemons: Int) -> ServerLimits {
        let own = 4 * daemons + 7
        let available = max(DescriptorLimit.current - limits.reservedDescriptors - own, 4)
        guard available < limits.connections else { return limits }
        log.reduced(to: available, from: limits.connections)
        var reduced = limits
        reduced.connections = available
        return reduced
    }
}
