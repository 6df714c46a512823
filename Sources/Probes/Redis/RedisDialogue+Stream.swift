internal import Transport

extension RedisDialogue {
    /// Holds the conversation over a stream, to its end.
    mutating func run(
        over stream: Stream,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) -> Ending {
        var refusal: TransportFailure?
        stream.stage = isLoggingIn ? .login : .exchange
        do throws(TransportFailure) {
            try await stream.send(opening, until: deadline, on: loop)
        } catch {
            // A full server says so and closes without listening: its word may still be read.
            guard error.reason == .closed else { throw error }
            refusal = error
        }
        while true {
            var bytes: [UInt8] = []
            stream.stage = isLoggingIn ? .login : .exchange
            guard try await stream.receive(into: &bytes, until: deadline, on: loop) > 0 else {
                throw refusal ?? TransportFailure(stream.stage, .closed)
            }
            if case .end(let ending) = receive(bytes) { return ending }
        }
    }
}
