import CAllocationCounter
import Configuration
import Foundation
import Health
import MicroHTTP
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite("The hot path, through the real server", .timeLimit(.minutes(2)))
struct HotPathTests {
    @Test(
        "Ten thousand questions on one connection allocate nothing on the server's thread",
        .enabled(if: allocation_counter_works(), "malloc is the sanitizer's"),
        arguments: ["/ready", "/healthz", "/ready/db", "/healthz/db"]
    )
    func noAllocation(path: String) async throws {
        let gateway = try TestGateway("checks: {db: {url: 'test://db'}}")
        gateway.begin()
        gateway.pass("db")
        let router = gateway.router()
        let marker = Page(status: 200, contentType: "text/plain", body: Array("counting\n".utf8))
        let site = try gateway.serve { request in
            if request.withPath({ $0.elementsEqual("/start".utf8) }) {
                allocation_counter_start()
                return .page(marker)
            }
            if request.withPath({ $0.elementsEqual("/stop".utf8) }) {
                let count = Array("\(allocation_counter_stop())".utf8)
                return .page(Page(status: 200, contentType: "text/plain", body: count))
            }
            return router.answer(request)
        }
        let client = site.client()
        let question = "GET \(path) HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nUser-Agent: kube-probe/1.30\r\n\r\n"
        let answers = try await onThread {
            // Some views are made on first asking; and the first Date has the C library learn the time zone.
            _ = try client.http.exchangeBlocking(question)
            _ = try client.http.exchangeBlocking("GET /start HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return try (0..<10_000).count { _ in try client.http.exchangeBlocking(question).status == 200 }
        }
        #expect(answers == 10_000)
        #expect(client.http.connectionCount == 1)
        let count = try await client.get("/stop").text
        #expect(count == "0")
    }

    @Test("While checks flap, no reader gets a torn answer: each is whole JSON that agrees with its code")
    func flapping() async throws {
        let names = (0..<30).map { "check-\($0)" }
        let gateway = try TestGateway(
            "checks:\n" + names.map { "  \($0): {url: 'test://db', failureThreshold: 1}\n" }.joined(),
            details: [.summary, .full]
        )
        gateway.begin()
        for name in names { gateway.pass(name) }
        let site = try gateway.serve()
        let sightings = Sightings()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await onThread {
                    var round = 0
                    while sightings.finishedReaders < 4 {
                        defer { round += 1 }
                        let name = names[round / 2 % names.count]
                        if round.isMultiple(of: 2) {
                            gateway.fail(name, .exchange, .malformed, at: "host", "\"open\":true \u{1}")
                        } else {
                            gateway.pass(name)
                        }
                    }
                }
            }
            for reader in 0..<4 {
                group.addTask {
                    defer { sightings.finish() }
                    let client = site.client(reader % 2)
                    let target = ["/ready", "/ready", "/ready?verbose", "/ready/check-3"][reader]
                    for _ in 0..<500 { sightings.note(try Self.check(try await client.get(target))) }
                    // On, until both answers have been seen.
                    while !sightings.areBoth { sightings.note(try Self.check(try await client.get("/ready"))) }
                }
            }
            try await group.waitForAll()
        }
    }

    /// - Returns: the code.
    private static func check(_ reply: HTTPReply) throws -> Int {
        let members = try #require(try JSONSerialization.jsonObject(with: Data(reply.body)) as? [String: Any])
        #expect(members["open"] as? Bool == (reply.status == 200))
        #expect((members["status"] as? String == "fail") == (reply.status == 503))
        let levels = (members["checks"] as? [String: [[String: Any]]] ?? [:]).values.map { $0[0]["level"] as? String }
        if members["omitted"] == nil { #expect(levels.contains("fail") == (reply.status == 503)) }
        return reply.status
    }
}

/// Which codes the readers have seen, and how many of them are done.
private final class Sightings: Sendable {
    private let state = Mutex((codes: Set<Int>(), finished: 0))

    var areBoth: Bool { state.withLock { $0.codes == [200, 503] } }
    var finishedReaders: Int { state.withLock { $0.finished } }

    func note(_ code: Int) { state.withLock { _ = $0.codes.insert(code) } }
    func finish() { state.withLock { $0.finished += 1 } }
}
