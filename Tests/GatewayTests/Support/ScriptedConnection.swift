import Health
import Probes
import Transport

/// A held connection that answers as a test says, and ends when its token is signalled.
final class ScriptedConnection: HeldConnection {
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

    func ping(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> PingAnswer {
        answer(loop.now)
    }

    func isDisturbed(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> Bool {
        await loop.wait(on: token, until: deadline) == .signalled
    }
}
