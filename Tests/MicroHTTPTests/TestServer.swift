internal import Synchronization

@testable import MicroHTTP

/// A running server with a small site: `/ready` says "ready", `/echo` reports what the handler saw, all else is 404.
final class TestServer {
    let server: Server
    let events: Events

    init(
        _ addresses: [ListenAddress] = [.tcp(host: "127.0.0.1", port: 0)],
        limits: ServerLimits = ServerLimits(reservedDescriptors: 0),
        environment: [String: String] = [:],
        room: WaitingRoom? = nil,
        handler: (@Sendable (borrowing RequestView) -> Page)? = nil,
        replying: Server.Handler? = nil
    ) throws(ServerFailure) {
        let events = Events()
        self.events = events
        let handler = handler ?? makeSite()
        server = Server(
            addresses: addresses,
            limits: limits,
            environment: environment,
            room: room,
            log: { event in events.append(event) },
            handler: replying ?? { .page(handler($0)) }
        )
        try server.start()
    }

    deinit { server.stop(within: .seconds(10)) }

    /// The first listen address.
    var address: ListenAddress { server.boundAddresses[0] }

    func connect() throws -> RawClient { try RawClient(address) }

    /// Whether a client that comes now is answered.
    func isServing() throws -> Bool { try connect().get("/ready")?.status == 200 }
}

/// What the server wrote to its log.
final class Events: Sendable {
    private let list = Mutex<[ServerEvent]>([])

    func append(_ event: ServerEvent) { list.withLock { $0.append(event) } }

    var all: [ServerEvent] { list.withLock { $0 } }
}

private func makeSite() -> @Sendable (borrowing RequestView) -> Page {
    let ready = Page(status: 200, contentType: "text/plain", body: Array("ready\n".utf8))
    let missing = Page.problem(status: 404, detail: "There is no such page.")
    return { request in
        if request.hasPath("/ready") || request.hasPath("*") { return ready }
        if request.hasPath("/echo") {
            let items = request.queryItems().map { item in item.value.map { "\(item.name)=\($0)" } ?? item.name }
            let lines = [
                "method=\(request.method)", "listener=\(request.listener)", "hasQuery=\(request.hasQuery)",
                "accept=\(request.header("accept") ?? "none")", "query=\(items.joined(separator: ";"))",
            ]
            return Page(status: 200, contentType: "text/plain", body: Array(lines.joined(separator: "\n").utf8))
        }
        return missing
    }
}

extension RequestView {
    /// Whether the path is this one, byte by byte; allocates nothing.
    borrowing func hasPath(_ wanted: String) -> Bool { withPath { $0.elementsEqual(wanted.utf8) } }
}
