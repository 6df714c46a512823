internal import Health
internal import Transport

/// A connection that is logged in, kept to ask over.
final class RedisConnection: AttendedConnection {
    private let stream: Stream
    private let place: String
    /// What is asked each time, at its beginning.
    private let again: RedisDialogue
    /// The same as it goes over the wire.
    private let question: [UInt8]
    /// What is being asked, and since when.
    private var asked: (dialogue: RedisDialogue, since: ContinuousClock.Instant)?

    init(_ stream: Stream, _ requirements: RedisRequirements, _ dialect: RedisDialogue.Dialect, place: String) {
        self.stream = stream
        self.place = place
        again = RedisDialogue(again: requirements, dialect: dialect)
        question = again.opening
        stream.stage = .exchange
        stream.keep()
    }

    var takesQuestions: Bool { true }
    var address: Address? { stream.peer }

    func attend(for inquirer: any Inquirer, on loop: isolated EventLoop) {
        stream.attend(Attention(for: .readable, until: inquirer.due), on: loop) { [unowned self] wake in
            let next = wake == .deadline ? proceed(inquirer, on: loop) : hear(for: inquirer, on: loop)
            if next == nil { inquirer.part(on: loop) }
            return next
        }
    }

    /// The time has come for a question, or has passed for its answer.
    private func proceed(_ inquirer: any Inquirer, on loop: isolated EventLoop) -> Attention? {
        guard asked == nil else { return tell(inquirer, answer(for: TransportFailure(.exchange, .timedOut)), on: loop) }
        let now = loop.now
        guard inquirer.wantsQuestion(at: now) else { return nil }
        asked = (again, now)
        do throws(TransportFailure) {
            try stream.ask(question)
        } catch {
            return tell(inquirer, answer(for: error), on: loop)
        }
        return Attention(for: .readable, until: now + inquirer.timeout)
    }

    private func hear(for inquirer: any Inquirer, on loop: isolated EventLoop) -> Attention? {
        do throws(TransportFailure) {
            while let bytes = try stream.hear(on: loop) {
                // A server has nothing to say to one who asks nothing; what it says before it closes a login will be told.
                guard !bytes.isEmpty, asked != nil else { return tell(inquirer, .lost, on: loop) }
                guard case .end(let ending) = asked!.dialogue.receive(bytes) else { continue }
                return tell(inquirer, answer(for: ending, of: asked!.dialogue), on: loop)
            }
        } catch {
            return tell(inquirer, asked == nil ? .lost : answer(for: error), on: loop)
        }
        return Attention(for: .readable, until: asked.map { $0.since + inquirer.timeout } ?? inquirer.due)
    }

    private func tell(_ inquirer: any Inquirer, _ answer: PingAnswer, on loop: isolated EventLoop) -> Attention? {
        let started = asked?.since ?? loop.now
        asked = nil
        guard inquirer.take(answer, askedAt: started, on: loop) else { return nil }
        return Attention(for: .readable, until: inquirer.due)
    }

    private func answer(for ending: RedisDialogue.Ending, of dialogue: RedisDialogue) -> PingAnswer {
        let seen = ProbeOutcome.Observation(replication: dialogue.replication)
        switch ending {
        case .passed: return .answered(.passed(seen))
        case .failed(let code, let word) where code.reason == .malformed || code.stage == .login:
            return .failed(ProbeFailure(code, at: place, word))
        case .failed(let code, let word): return .answered(.failed(ProbeFailure(code, at: place, word), seen))
        case .startOver: return .lost
        }
    }

    private func answer(for failure: TransportFailure) -> PingAnswer {
        failure.reason == .closed ? .lost : .failed(ProbeFailure(failure, at: place))
    }
}
