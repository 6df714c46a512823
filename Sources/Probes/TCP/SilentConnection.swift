internal import Health
internal import Transport

/// A connection over which nothing is asked: it is there to hear of the other side's end.
final class SilentConnection: HeldConnection {
    /// A server that talks on and on is not listened to any longer.
    private static let mostBytes = 1 << 20

    private let stream: Stream
    private var heard = 0

    init(_ stream: Stream) {
        self.stream = stream
        stream.keep()
    }

    var takesQuestions: Bool { false }

    func ping(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> PingAnswer {
        preconditionFailure("a connection was asked over that takes no questions")
    }

    func isDisturbed(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> Bool {
        while let bytes = await stream.listen(until: deadline, on: loop) {
            heard += bytes.count
            if bytes.isEmpty || heard > Self.mostBytes { return true }
        }
        return false
    }
}
