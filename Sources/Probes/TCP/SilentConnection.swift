internal import Health
internal import Transport

/// A connection over which nothing is asked: it is there to hear of the other side's end.
final class SilentConnection: AttendedConnection {
    /// A server that talks on and on is not listened to any longer.
    private static let mostBytes = 1 << 20

    private let stream: Stream
    private var heard = 0

    init(_ stream: Stream) {
        self.stream = stream
        stream.keep()
    }

    var takesQuestions: Bool { false }
    var address: Address? { stream.peer }

    func attend(for inquirer: any Inquirer, on loop: isolated EventLoop) {
        stream.attend(Attention(for: .readable, until: inquirer.due), on: loop) { [unowned self] wake in
            let isLost = wake != .deadline && isDisturbed(on: loop)
            if isLost { _ = inquirer.take(.lost, askedAt: loop.now, on: loop) }
            guard isLost || wake == .deadline else { return Attention(for: .readable, until: inquirer.due) }
            inquirer.part(on: loop)
            return nil
        }
    }

    private func isDisturbed(on loop: isolated EventLoop) -> Bool {
        do throws(TransportFailure) {
            while let bytes = try stream.hear(on: loop) {
                heard += bytes.count
                if bytes.isEmpty || heard > Self.mostBytes { return true }
            }
            return false
        } catch {
            return true
        }
    }
}
