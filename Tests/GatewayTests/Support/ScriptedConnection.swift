import Health
import Probes
import Transport

/// A held connection that answers as a test says, and ends when its token is signalled.
final class ScriptedConnection: AttendedConnection, StepwiseConnection {
    let token: Token
    private let loop: EventLoop
    private let answer: @Sendable (ContinuousClock.Instant) -> PingAnswer
    private let onEnd: @Sendable (Token) -> Void

    init(
        on loop: isolated EventLoop,
        answer: @escaping @Sendable (ContinuousClock.Instant) -> PingAnswer,
        onEnd: @escaping @Sendable (Token) -> Void
    ) {
        self.loop = loop
        self.answer = answer
        self.onEnd = onEnd
        token = loop.add()
    }

    deinit {
        onEnd(token)
        loop.assumeIsolated { [token] in $0.remove(token) }
    }

    var takesQuestions: Bool { true }
    var address: Address? { Address(literal: "10.0.0.1", port: 0) }

    func attend(for inquirer: any Inquirer, on loop: isolated EventLoop) {
        loop.attend(to: token, Attention(for: [], until: inquirer.due)) { [unowned self] wake in
            let now = loop.now
            let isOver =
                wake == .deadline
                ? !inquirer.wantsQuestion(at: now) || !inquirer.take(answer(now), askedAt: now, on: loop)
                : !inquirer.take(.lost, askedAt: now, on: loop)
            guard isOver else { return Attention(for: [], until: inquirer.due) }
            inquirer.part(on: loop)
            return nil
        }
    }

    func ping(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> PingAnswer {
        answer(loop.now)
    }

    func isDisturbed(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> Bool {
        await loop.wait(on: token, until: deadline) == .signalled
    }
}
