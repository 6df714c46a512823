import Foundation
import Synchronization

/// A name server on the loopback network, UDP and TCP, that says about each name what a test told it to.
package final class FakeNameServer: Sendable {
    /// A question that came.
    package struct Query: Sendable, Hashable {
        /// In lower case, without a dot at the end.
        package var name: String
        /// A is 1, AAAA 28.
        package var type: UInt16
        package var overTCP: Bool
    }

    package let host: String
    package let port: UInt16
    private let desk: Desk

    /// Starts the server; `others` is said about names that are not in `zone`.
    package init(
        _ zone: [String: NameAnswer] = [:],
        others: NameAnswer = .nameError,
        host: String = "127.0.0.1",
        port: UInt16 = FreePort.find()
    ) throws {
        self.host = host
        self.port = port
        desk = try Desk(
            .tcp(host: host, port: port),
            zone.reduce(into: [:]) { $0[$1.key.lowercased()] = $1.value },
            others
        )
    }

    deinit { stop() }

    /// What is said about `name` from now on.
    package func set(_ name: String, _ answer: NameAnswer) {
        desk.state.withLock { $0.zone[name.lowercased()] = answer }
    }

    /// The questions so far, in the order in which they came.
    package var queries: [Query] { desk.state.withLock { $0.queries } }

    /// How many questions came, about `name` or all.
    package func queryCount(of name: String? = nil) -> Int {
        desk.state.withLock { state in
            state.queries.count { name == nil || $0.name == name?.lowercased() }
        }
    }

    /// A wrapper in front of a program that gives it a resolv.conf of its own, written to `folder`, which names this server
    /// alone; whoever reads it asks port 53. Needs root.
    package func wrapper(in folder: TemporaryFolder) throws -> [String] {
        let configuration = try folder.write("nameserver \(host)\n", to: "resolv.conf")
        let script = #"mount --bind "$0" /etc/resolv.conf && exec "$@""#
        return ["unshare", "--mount", "sh", "-c", script, configuration]
    }

    /// Ends the server and gives the port back; again is harmless.
    package func stop() { desk.stop() }

    /// What the server shares with its threads.
    private final class Desk: Sendable {
        struct State {
            var zone: [String: NameAnswer]
            var queries: [Query] = []
            var threads = 0
            var connections: [PlainSocket] = []
            var isStopped = false
        }

        let state: Mutex<State>
        private let others: NameAnswer
        private let datagrams: PlainSocket
        private let listener: PlainSocket

        init(_ address: ServerAddress, _ zone: [String: NameAnswer], _ others: NameAnswer) throws {
            state = Mutex(State(zone: zone))
            self.others = others
            datagrams = try PlainSocket.bound(to: address, type: SOCK_DGRAM)
            listener = try PlainSocket.bound(to: address)
            guard listen(listener.descriptor, 64) == 0 else { throw SystemFailure("listen on \(address)") }
            thread { self.serveDatagrams() }
            thread { self.serveConnections() }
        }

        func stop() {
            let connections = state.withLock { state in
                state.isStopped = true
                return state.connections
            }
            for socket in [datagrams, listener] + connections { socket.shutDown() }
            try? waitBlocking("end of the name server's threads", within: .seconds(5), every: .milliseconds(1)) {
                state.withLock { $0.threads == 0 }
            }
            datagrams.close()
            listener.close()
        }

        private var isStopped: Bool { state.withLock { $0.isStopped } }

        private func thread(_ work: @escaping @Sendable () -> Void) {
            state.withLock { $0.threads += 1 }
            Thread.detachNewThread {
                work()
                self.state.withLock { $0.threads -= 1 }
            }
        }

        private func serveDatagrams() {
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while !isStopped {
                var sender = sockaddr_in()
                var length = socklen_t(MemoryLayout<sockaddr_in>.size)
                let count = withUnsafeMutablePointer(to: &sender) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        recvfrom(datagrams.descriptor, &buffer, buffer.count, 0, $0, &length)
                    }
                }
                guard count > 0, let question = NameMessage.Question(Array(buffer.prefix(count))) else { continue }
                let plan = plan(for: question, overTCP: false)
                let (to, toLength) = (sender, length)
                let reply = { @Sendable in
                    guard let bytes = plan.bytes else { return }
                    var address = to
                    _ = withUnsafePointer(to: &address) {
                        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                            sendto(self.datagrams.descriptor, bytes, bytes.count, 0, $0, toLength)
                        }
                    }
                }
                guard let delay = plan.delay else {
                    reply()
                    continue
                }
                thread { if self.wait(delay) { reply() } }
            }
        }

        private func serveConnections() {
            while let socket = try? listener.accept() {
                let goesOn = state.withLock { state in
                    state.connections.append(socket)
                    return !state.isStopped
                }
                if goesOn { thread { self.serve(socket) } }
            }
        }

        /// Messages over TCP have their length in front (RFC 1035, 4.2.2).
        private func serve(_ socket: PlainSocket) {
            var buffer: [UInt8] = []
            while let more = try? socket.read(), !more.isEmpty {
                buffer += more
                while buffer.count > 2, case let length = Int(buffer[0]) << 8 | Int(buffer[1]),
                    buffer.count >= length + 2
                {
                    let question = NameMessage.Question(Array(buffer[2..<length + 2]))
                    buffer.removeFirst(length + 2)
                    guard let question, case let plan = plan(for: question, overTCP: true), let bytes = plan.bytes
                    else {
                        continue
                    }
                    if let delay = plan.delay, !wait(delay) { break }
                    try? socket.write([UInt8(bytes.count >> 8), UInt8(bytes.count & 0xff)] + bytes)
                }
            }
            socket.close()
        }

        private func plan(for question: NameMessage.Question, overTCP: Bool) -> NameMessage.Plan {
            let (answer, zone, earlier) = state.withLock { state in
                let earlier = state.queries.count { $0.name == question.name && $0.type == question.type }
                state.queries.append(Query(name: question.name, type: question.type, overTCP: overTCP))
                return (state.zone[question.name] ?? others, state.zone, earlier)
            }
            return NameMessage.plan(question, answer, zone: zone, earlier: earlier, overTCP: overTCP)
        }

        /// False when the server was stopped meanwhile.
        private func wait(_ delay: Duration) -> Bool {
            let end = ContinuousClock.now + delay
            while ContinuousClock.now < end {
                if isStopped { return false }
                usleep(1_000)
            }
            return !isStopped
        }
    }
}
