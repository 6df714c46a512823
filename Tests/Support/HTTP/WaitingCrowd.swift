import Foundation
import Synchronization

/// Many clients of one gateway, each with a connection of its own, all of which wait for `/ready`.
package final class WaitingCrowd: Sendable {
    /// An answer of another kind.
    package struct OtherAnswer: Error {
        package let text: String
    }

    private let gateway: SimpleHTTPClient
    private let address: ServerAddress
    private let size: Int
    private let clients = Mutex<[PlainSocket]>([])

    package init(of size: Int, at port: UInt16) {
        self.size = size
        gateway = SimpleHTTPClient(port: port)
        address = .loopback(port)
    }

    /// Has each ask, on the connection that it has or on a new one, and waits until the gateway holds all answers back.
    package func wait() async throws {
        try await onThread { [self] in
            let question = Array("GET /ready?wait=5m HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
            try clients.withLock { clients in
                for client in clients { try client.write(question) }
                while clients.count < size {
                    let client = try PlainSocket.connect(to: address, within: .seconds(30))
                    try client.write(question)
                    clients.append(client)
                    if clients.count.isMultiple(of: 200) { try letOthersConnect() }
                }
            }
        }
        try await expectWaiters(size)
    }

    /// Waits until the gateway has accepted all who have come so far, or others would stand behind them in its backlog.
    private func letOthersConnect() throws {
        _ = try SimpleHTTPClient(address).exchangeBlocking("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    }

    /// Waits until the gateway says that it holds so many answers back.
    package func expectWaiters(_ count: Int) async throws {
        try await eventually("\(count) wait") {
            try await gateway.get("/metrics").text.contains("\nallclear_waiters \(count)\n")
        }
    }

    /// Reads the answer of each; throws where one has not this status.
    package func receiveAll(_ status: Int = 200) async throws {
        try await onThread { [self] in
            let beginning = Array("HTTP/1.1 \(status) ".utf8)
            for client in clients.withLock({ $0 }) {
                let answer = try client.read(within: .seconds(60))
                guard answer.starts(with: beginning) else {
                    throw OtherAnswer(text: String(decoding: answer, as: UTF8.self))
                }
            }
        }
    }

    /// All leave at once, half of them with a reset.
    package func leave() {
        clients.withLock { clients in
            for (number, client) in clients.enumerated() {
                if number.isMultiple(of: 2) { client.close() } else { client.reset() }
            }
            clients = []
        }
    }

    /// Lets this process, and what it starts, open so many descriptors. False where the hard limit forbids it.
    package static func allowDescriptors(_ count: Int) -> Bool {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return false }
        limit.rlim_cur = max(limit.rlim_cur, rlim_t(count))
        return limit.rlim_cur <= limit.rlim_max
            && setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
    }
}
