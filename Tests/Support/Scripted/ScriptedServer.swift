import Foundation
import Synchronization

/// A server whose every word is a script, to show what a client does with it.
///
/// It keeps a thread for each connection. When a script ends, or fails because the client went away, the server sends the end of
/// the stream and reads on until the client closes too: `openCount` is therefore what clients have not closed yet.
package final class ScriptedServer: Sendable {
    package let address: ServerAddress
    private let desk: Desk
    private let folder: TemporaryFolder?

    /// Listens on a free port of 127.0.0.1, or at `address`.
    package init(_ script: Script, at address: ServerAddress = .loopback(FreePort.find())) throws {
        self.address = address
        folder = nil
        desk = try Desk(address, script)
    }

    /// Listens on a unix socket in a throw-away folder.
    package init(onUnixSocket script: Script) throws {
        let folder = try TemporaryFolder("scripted")
        self.folder = folder
        address = .unix(path: folder.file("socket"))
        desk = try Desk(address, script)
    }

    deinit { stop() }

    /// The port, 0 for a unix socket.
    package var port: UInt16 {
        if case .tcp(_, let port) = address { port } else { 0 }
    }

    /// The path of the unix socket, empty for TCP.
    package var path: String {
        if case .unix(let path) = address { path } else { "" }
    }

    /// What connections accepted from now on get to see.
    package var script: Script {
        get { desk.state.withLock { $0.script } }
        set { desk.state.withLock { $0.script = newValue } }
    }

    /// Connections accepted so far.
    package var acceptedCount: Int { desk.state.withLock { $0.received.count } }

    /// Connections that their clients have not closed yet.
    package var openCount: Int { desk.state.withLock { $0.open.count } }

    /// What each connection has sent so far, in the order in which they were accepted; a mebibyte of each at most.
    package var received: [[UInt8]] { desk.state.withLock { $0.received } }

    /// What scripts wrote down, such as `password: …`.
    package var notes: [String] { desk.state.withLock { $0.notes } }

    /// Waits until all clients have closed their connections.
    package func waitUntilAllClosed(within bound: Duration = .seconds(30)) async throws {
        try await eventually("all connections closed; \(openCount) are open", within: bound) { openCount == 0 }
    }

    /// Refuses connections from now on and keeps the port; those that are open stay so.
    package func refuse() { desk.refuse() }

    /// Accepts connections again.
    package func listenAgain() throws { try desk.listen() }

    /// Ends all connections and gives the port back; again is harmless.
    package func stop() {
        desk.stop()
        folder?.remove()
    }

    /// What the server shares with its threads, which may outlive it by a moment.
    final class Desk: Sendable {
        struct State {
            var script: Script
            var received: [[UInt8]] = []
            var notes: [String] = []
            var open: [Int: PlainSocket] = [:]
            /// Threads that wait for connections; the descriptor may not be closed under them.
            var accepting = 0
            var isStopped = false
        }

        let state: Mutex<State>
        private let listener: PlainSocket
        private let address: ServerAddress

        init(_ address: ServerAddress, _ script: Script) throws {
            self.address = address
            state = Mutex(State(script: script))
            listener = try PlainSocket.bound(to: address)
            try listen()
        }

        func listen() throws {
            guard Glibc.listen(listener.descriptor, 512) == 0 else { throw SystemFailure("listen on \(address)") }
            state.withLock { $0.accepting += 1 }
            Thread.detachNewThread {
                while let socket = try? self.listener.accept() { self.serve(socket) }
                self.state.withLock { $0.accepting -= 1 }
            }
        }

        /// The end of a listening socket's input makes it a bound one again (tcp_disconnect in Linux).
        func refuse() { listener.shutDown() }

        func stop() {
            listener.shutDown()
            let open = state.withLock { state in
                state.isStopped = true
                return state.open.values
            }
            for socket in open { socket.shutDown() }
            try? waitBlocking("end of the scripted server's threads", within: .seconds(5), every: .milliseconds(1)) {
                state.withLock { $0.open.isEmpty && $0.accepting == 0 }
            }
            listener.close()
        }

        private func serve(_ socket: PlainSocket) {
            let place: (number: Int, script: Script)? = state.withLock { state in
                guard !state.isStopped else { return nil }
                state.received.append([])
                state.open[state.received.count - 1] = socket
                return (state.received.count - 1, state.script)
            }
            guard let place else { return }
            Thread.detachNewThread {
                let conversation = Conversation(socket, number: place.number, at: self)
                try? place.script.play(conversation)
                conversation.finish()
                self.state.withLock { $0.open[place.number] = nil }
                socket.close()
            }
        }
    }
}
