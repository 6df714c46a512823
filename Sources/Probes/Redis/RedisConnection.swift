internal import Health
internal import Transport

/// A connection that is logged in, kept to ask over.
final class RedisConnection: HeldConnection {
    private let stream: Stream
    private let requirements: RedisRequirements
    private let dialect: RedisDialogue.Dialect
    private let place: String

    init(_ stream: Stream, _ requirements: RedisRequirements, _ dialect: RedisDialogue.Dialect, place: String) {
        self.stream = stream
        self.requirements = requirements
        self.dialect = dialect
        self.place = place
        stream.keep()
    }

    var takesQuestions: Bool { true }

    func ping(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> PingAnswer {
        var dialogue = RedisDialogue(again: requirements, dialect: dialect)
        do throws(TransportFailure) {
            let ending = try await dialogue.run(over: stream, until: deadline, on: loop)
            let seen = ProbeOutcome.Observation(replication: dialogue.replication)
            switch ending {
            case .passed: return .answered(.passed(seen))
            case .failed(let code, let word) where code.reason == .malformed || code.stage == .login:
                return .failed(ProbeFailure(code, at: place, word))
            case .failed(let code, let word): return .answered(.failed(ProbeFailure(code, at: place, word), seen))
            case .startOver: return .lost
            }
        } catch {
            return error.reason == .closed ? .lost : .failed(ProbeFailure(error, at: place))
        }
    }

    func isDisturbed(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> Bool {
        // A server has nothing to say to one who asks nothing; what it says before it closes is what a login will be told.
        await stream.listen(until: deadline, on: loop) != nil
    }
}
