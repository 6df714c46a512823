internal import CMicroHTTPD
internal import Glibc
internal import Synchronization

/// One listening socket and the library's thread that serves it.
///
/// The library gets an unretained reference to this object: whoever starts a daemon stops it before letting it go.
final class Daemon: Sendable {
    /// This daemon among all, for the ``ConnectionRegister``.
    let number: Int

    /// The listen address among those of the configuration; several daemons share one that systemd gave to several
    /// sockets.
    let listener: Int

    let register: ConnectionRegister
    let refusals: Refusals
    let log: EventLog
    let handler: Server.Handler
    let room: WaitingRoom?
    let spare = SpareDescriptor()

    private let socket: ListeningSocket
    private let handle = Mutex<LibraryHandle?>(nil)

    init(
        number: Int,
        listener: Int,
        socket: ListeningSocket,
        register: ConnectionRegister,
        refusals: Refusals,
        log: EventLog,
        room: WaitingRoom?,
        handler: @escaping Server.Handler
    ) {
        self.number = number
        self.listener = listener
        self.socket = socket
        self.register = register
        self.refusals = refusals
        self.log = log
        self.room = room
        self.handler = handler
    }

    deinit {
        precondition(handle.withLock { $0 == nil }, "a daemon was let go while its thread may still refer to it")
    }

    var address: ListenAddress { socket.address }

    /// Begins to accept clients, on a thread of the library's.
    func start(limits: ServerLimits) throws(ServerFailure) {
        let settings = mhdx_settings(
            descriptor: socket.descriptor,
            connections: UInt32(clamping: limits.connections),
            connection_memory: limits.connectionMemory,
            idle_seconds: UInt32(clamping: limits.idle.components.seconds)
        )
        let context = Unmanaged.passUnretained(self).toOpaque()
        guard let daemon = mhdx_start(settings, context, answer, targetRead, requestEnded, connectionChanged) else {
            throw ServerFailure(address: address, reason: .system(code: errno))
        }
        handle.withLock { $0 = LibraryHandle(pointer: daemon) }
    }

    /// Accepts no more clients; those that are connected go on.
    func stopAccepting() {
        handle.withLock { handle in
            // From here on the library neither shuts the socket down nor closes it, so an inherited one stays as it was.
            if let handle { MHD_quiesce_daemon(handle.pointer) }
        }
        socket.refuseClients()
    }

    /// Closes every connection and ends the thread. ``stopAccepting()`` comes before.
    func stop() {
        let running = handle.withLock { handle in
            defer { handle = nil }
            return handle
        }
        // Joins a thread whose callbacks may want our locks: none is held here.
        if let running { MHD_stop_daemon(running.pointer) }
    }
}
