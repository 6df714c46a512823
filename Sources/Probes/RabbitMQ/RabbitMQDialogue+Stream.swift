internal import Transport

extension RabbitMQDialogue {
    /// Holds the conversation over a stream, from these words to its end.
    mutating func run(
        saying words: [UInt8],
        over stream: Stream,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) -> Ending {
        do throws(TransportFailure) {
            try await stream.send(words, until: deadline, on: loop)
            while true {
                var bytes: [UInt8] = []
                guard try await stream.receive(into: &bytes, until: deadline, on: loop) > 0 else {
                    throw TransportFailure(stream.stage, .closed)
                }
                switch receive(bytes) {
                case .goOn(let bytes):
                    stream.stage = isLoggingIn ? .login : .exchange
                    try await stream.send(bytes, until: deadline, on: loop)
                case .end(let ending, let last):
                    try? await stream.send(last, until: deadline, on: loop)
                    return ending
                }
            }
        } catch {
            if let verdict { return verdict }
            throw error
        }
    }
}
