import TestSupport
import Testing

@testable import Transport

/// What an exchange makes of servers that misbehave (FAULTS rows 1 to 9).
struct HTTPFailureTests {
    @Test(
        "A server that misbehaves is never a success",
        arguments: [
            (.silent, .timedOut), (.close, .closed), (.reset, .closed), (.banner, .malformed),
            (.garbage, .malformed), (.tlsRecord, .malformed), (.drip, .timedOut), (.flood, .malformed),
            (.resetMidway, .closed), (.endMidway, .closed), (.endInBody, .closed), (.http09, .malformed),
            (.endlessBody, .timedOut), (.hugeHead, .malformed), (.badChunk, .malformed),
            (.longContentLength, .timedOut), (.badContentLength, .malformed), (.endlessContinue, .timedOut),
        ] as [(ScriptedServer.Script, TransportFailure.Reason)]
    )
    func misbehaviour(script: ScriptedServer.Script, reason: TransportFailure.Reason) async throws {
        let server = try ScriptedServer(script)
        let patience = reason == .timedOut ? Duration.milliseconds(300) : .seconds(30)
        let failure = try #require(try await failure(of: HTTPRequest(url: server.url()), within: patience))
        #expect(failure.reason == reason, "\(failure)")
        // A reset may be there before the connection is looked at.
        #expect(failure.stage == .exchange || (failure.stage == .connect && script.description == "reset"))
        try await server.waitUntilAllClosed()
    }

    @Test("A cut head is no answer, wherever it is cut")
    func cutHead() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        for length in 0..<head.utf8.count {
            let server = try ScriptedServer(
                .http(String(decoding: head.utf8.prefix(length), as: UTF8.self), closing: true)
            )
            let failure = try await failure(of: HTTPRequest(url: server.url()))
            #expect(
                failure?.reason == .closed || failure?.reason == .malformed,
                "\(length): \(String(describing: failure))"
            )
        }
    }

    @Test("Refused, unreachable and swallowed connections are told apart")
    func connect() async throws {
        let refused = try RefusedPort()
        let request = HTTPRequest(url: HTTPURL(isSecure: false, host: "127.0.0.1", port: refused.port, target: "/"))
        #expect(
            try await failure(of: request).map { [$0.stage.rawValue, $0.reason.rawValue] } == ["connect", "refused"]
        )
        let blackHole = try BlackHole()
        let other = HTTPRequest(url: HTTPURL(isSecure: false, host: "127.0.0.1", port: blackHole.port, target: "/"))
        #expect(
            try await failure(of: other, within: .milliseconds(200)).map { [$0.stage.rawValue, $0.reason.rawValue] }
                == ["connect", "timed_out"]
        )
    }

    @Test("A silent name server costs the deadline")
    func names() async throws {
        let names = try FakeNameServer(others: .silent)
        let request = HTTPRequest(url: HTTPURL(isSecure: false, host: "app.test", port: 80, target: "/"))
        let failure = try await failure(of: request, within: .milliseconds(300), names: names)
        #expect(failure?.stage == .resolve && failure?.reason == .timedOut)
    }

    @Test("Nothing is left after a hundred exchanges of each outcome")
    func leaks() async throws {
        let origin = try HTTPOrigin(["/": .init(200, body: "ok")])
        let closing = try ScriptedServer(.close)
        let refused = try RefusedPort()
        let before = openDescriptors()
        for _ in 0..<100 {
            _ = try await send(HTTPRequest(url: origin.url()))
            _ = try await failure(of: HTTPRequest(url: closing.url()))
            let url = HTTPURL(isSecure: false, host: "127.0.0.1", port: refused.port, target: "/")
            _ = try await failure(of: HTTPRequest(url: url))
        }
        try await closing.waitUntilAllClosed()
        // Other tests open and close descriptors meanwhile, but not hundreds.
        #expect(openDescriptors() - before < 90)
    }

    @Test("A cancelled request ends at once and leaves nothing behind")
    func cancel() async throws {
        let server = try ScriptedServer(.silent)
        let request = HTTPRequest(url: server.url())
        let failure = try await withLoop { loop async throws in
            await withTaskGroup(of: TransportFailure?.self) { group in
                group.addTask(executorPreference: loop.executor) {
                    await attempt(request, on: loop)
                }
                while server.received.first?.isEmpty != false { await loop.sleep(until: loop.now + .milliseconds(1)) }
                group.cancelAll()
                return await group.next()!
            }
        }
        #expect(failure?.reason == .closed && failure?.detail == "cancelled")
        try await server.waitUntilAllClosed()
    }
}

private func attempt(_ request: HTTPRequest, on loop: isolated EventLoop) async -> TransportFailure? {
    do throws(TransportFailure) {
        _ = try await request.send(over: Network(), until: loop.now + .seconds(3600), on: loop)
        return nil
    } catch {
        return error
    }
}
