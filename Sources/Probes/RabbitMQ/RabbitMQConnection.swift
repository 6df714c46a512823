internal import Health
internal import Transport

/// A connection that is logged in, kept to ask over.
final class RabbitMQConnection: StepwiseConnection {
    private let stream: Stream
    private var dialogue: RabbitMQDialogue
    private let place: String
    /// Whether the other side has not said, or been told, that it is over.
    private var isStanding = true

    init(_ stream: Stream, _ dialogue: RabbitMQDialogue, place: String) {
        self.stream = stream
        self.dialogue = dialogue
        self.place = place
        stream.keep()
    }

    deinit {
        // Without it the server writes a warning; its answer is not waited for.
        if isStanding { stream.sayLast(AMQPFrame.close.bytes) }
    }

    var address: Address? { stream.peer }

    func ping(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> PingAnswer {
        stream.stage = .exchange
        do throws(TransportFailure) {
            let question = dialogue.askAgain()
            switch try await dialogue.run(saying: question, over: stream, until: deadline, on: loop) {
            case .passed: return .answered(.passed())
            case .failed(let code, let word):
                // It has been said goodbye to, or has said so itself: then a login will be told why.
                isStanding = false
                return code.failureClass == .starting ? .lost : .failed(ProbeFailure(code, at: place, word))
            }
        } catch {
            return error.reason == .closed ? .lost : .failed(ProbeFailure(error, at: place))
        }
    }

    func isDisturbed(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> Bool {
        while let bytes = await stream.listen(until: deadline, on: loop) {
            guard !bytes.isEmpty else { return true }
            switch dialogue.receive(bytes) {
            case .goOn(let answer):
                // Heartbeats go both ways.
                guard (try? await stream.send(answer, until: deadline, on: loop)) != nil else { return true }
            case .end(_, let last):
                isStanding = false
                stream.sayLast(last)
                return true
            }
        }
        return false
    }
}
