import TestSupport
import Testing

@testable import Transport

struct StreamTests {
    @Test("Bytes come as they are sent, in however many pieces")
    func pieces() async throws {
        let text = Array("the quick brown fox".utf8)
        let server = try ScriptedServer(.init { try $0.drip(text, every: .milliseconds(1)) })
        try await withLoop { loop async throws in
            let stream = try await connect(to: server, on: loop)
            var bytes: [UInt8] = []
            while try await stream.receive(into: &bytes, atMost: 7, until: loop.now + .seconds(30), on: loop) > 0 {}
            #expect(bytes == text)
        }
        try await server.waitUntilAllClosed()
    }

    @Test("What is sent arrives whole, however much it is")
    func large() async throws {
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) }
        let server = try ScriptedServer(
            .init { conversation in
                try conversation.expect(count: 1_000_000)
                try conversation.send("done")
            }
        )
        try await withLoop { loop async throws in
            let stream = try await connect(to: server, on: loop)
            try await stream.send(bytes, until: loop.now + .seconds(30), on: loop)
            var answer: [UInt8] = []
            while try await stream.receive(into: &answer, until: loop.now + .seconds(30), on: loop) > 0 {}
            #expect(answer == Array("done".utf8))
        }
        #expect(server.received[0] == bytes)
    }

    @Test("A reset is a closed connection, at the stage that the conversation is at")
    func reset() async throws {
        let server = try ScriptedServer(
            .init { conversation in
                try conversation.expect(count: 1)
                conversation.reset()
            }
        )
        try await withLoop { loop async throws in
            let stream = try await connect(to: server, on: loop)
            stream.stage = .login
            try await stream.send([1], until: loop.now + .seconds(30), on: loop)
            let code = await code(ofReceivingFrom: stream, within: .seconds(30), on: loop)
            #expect(code == "login.closed")
        }
    }

    @Test(
        "A peer that takes nothing costs the deadline, also when it has ended its own direction",
        arguments: [false, true]
    )
    func full(isHalfClosed: Bool) async throws {
        let server = try ScriptedServer(
            .init { conversation in
                try conversation.expect(count: 1)
                try isHalfClosed ? conversation.finishWritingOnly() : conversation.pause(.seconds(3600))
            }
        )
        try await withLoop { loop async throws in
            let stream = try await connect(to: server, on: loop)
            try await stream.send([1], until: loop.now + .seconds(30), on: loop)
            let code = await code(ofSendingTooMuchOver: stream, within: .milliseconds(300), on: loop)
            #expect(code == "exchange.timed_out")
        }
    }

    @Test("A peer that says nothing costs the deadline")
    func silent() async throws {
        let server = try ScriptedServer(.silent)
        try await withLoop { loop async throws in
            let stream = try await connect(to: server, on: loop)
            let code = await code(ofReceivingFrom: stream, within: .milliseconds(50), on: loop)
            #expect(code == "exchange.timed_out")
        }
        try await server.waitUntilAllClosed()
    }

    @Test("A stream that is dropped over unread bytes ends its connection without a reset")
    func politeEnd() async throws {
        let server = try ScriptedServer(
            .init { conversation in
                try conversation.expect(count: 1)
                try conversation.send("more than anybody reads")
                conversation.note((try? conversation.expect(count: 1)) == nil ? "end" : "bytes")
            }
        )
        try await withLoop { loop async throws in
            let stream = try await connect(to: server, on: loop)
            try await stream.send([1], until: loop.now + .seconds(30), on: loop)
            var bytes: [UInt8] = []
            _ = try await stream.receive(into: &bytes, atMost: 1, until: loop.now + .seconds(30), on: loop)
        }
        try await eventually { server.notes == ["end"] }
    }
}

private func code(ofReceivingFrom stream: Transport.Stream, within time: Duration, on loop: isolated EventLoop) async
    -> String?
{
    do throws(TransportFailure) {
        var bytes: [UInt8] = []
        _ = try await stream.receive(into: &bytes, until: loop.now + time, on: loop)
        return nil
    } catch {
        return error.code
    }
}

/// Sends more than any two socket buffers hold.
private func code(ofSendingTooMuchOver stream: Transport.Stream, within time: Duration, on loop: isolated EventLoop)
    async -> String?
{
    do throws(TransportFailure) {
        try await stream.send([UInt8](repeating: 0, count: 64 << 20), until: loop.now + time, on: loop)
        return nil
    } catch {
        return error.code
    }
}
