package import Health
package import Transport

/// A connection that stays open between probes: cheaper to ask over, and a death is heard on it at once.
///
/// Lives on its loop; its last reference says goodbye and closes it.
package enum HeldConnection {
    case attended(any AttendedConnection)
    case stepwise(any StepwiseConnection)

    /// Whether it can be asked over; else it is only listened to, and every probe is a fresh one.
    package var takesQuestions: Bool {
        switch self {
        case .attended(let connection): connection.takesQuestions
        case .stepwise: true
        }
    }

    /// The address that it leads to; nil where no name stands behind it, as for a unix socket.
    package var address: Address? {
        switch self {
        case .attended(let connection): connection.address
        case .stepwise(let connection): connection.address
        }
    }
}

/// One that needs no task: what comes over it is handed to it by the loop. There may be thousands.
package protocol AttendedConnection: AnyObject {
    var takesQuestions: Bool { get }
    var address: Address? { get }

    /// Asks what a fresh probe asks after its login, whenever `inquirer` wants it, and listens in between; returns at once.
    ///
    /// Ends, and calls ``Inquirer/part(on:)``, when the inquirer will not go on or wants no question at the time that it set; or
    /// with the connection, then without a word.
    func attend(for inquirer: any Inquirer, on loop: isolated EventLoop)
}

/// One whose questions take several steps, as those of a client library: a task goes through them.
package protocol StepwiseConnection: AnyObject {
    var address: Address? { get }

    /// Asks once what a fresh probe asks after its login.
    func ping(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> PingAnswer

    /// Waits until `deadline`, or until something comes that nobody asked for.
    ///
    /// - Returns: whether the connection is to be given up: the other side has closed it, or said goodbye.
    func isDisturbed(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> Bool
}

extension StepwiseConnection {
    /// Asks whenever `inquirer` wants it and listens in between, until the inquirer will not go on, wants no question at the time
    /// that it set, or the task is cancelled.
    package func serve(_ inquirer: any Inquirer, on loop: isolated EventLoop) async {
        while true {
            if await isDisturbed(until: inquirer.due, on: loop) {
                _ = inquirer.take(.lost, askedAt: loop.now, on: loop)
                return
            }
            let started = loop.now
            guard !Task.isCancelled, inquirer.wantsQuestion(at: started) else { return }
            let answer = await ping(until: started + inquirer.timeout, on: loop)
            guard !Task.isCancelled, inquirer.take(answer, askedAt: started, on: loop) else { return }
        }
    }
}

/// Who has a held connection asked over. Lives on the connection's loop.
package protocol Inquirer: AnyObject {
    /// When the next question is due, or else the end of the listening.
    var due: ContinuousClock.Instant { get }
    /// For one answer.
    var timeout: Duration { get }

    /// Whether a question is wanted now, when it is due.
    func wantsQuestion(at now: ContinuousClock.Instant) -> Bool

    /// Takes what came of a question, or of listening, at the time that it came.
    ///
    /// - Parameter started: when it was asked.
    /// - Returns: whether to go on; never after anything but an answer.
    func take(_ answer: PingAnswer, askedAt started: ContinuousClock.Instant, on loop: isolated EventLoop) -> Bool

    /// Hears that an attended connection asks and listens no more.
    func part(on loop: isolated EventLoop)
}

/// What came of a question over a held connection.
package enum PingAnswer: Hashable, Sendable {
    /// An answer; the connection goes on.
    case answered(ProbeOutcome)
    /// No proper answer, which counts as the failure of a probe; the connection is of no use any more.
    case failed(ProbeFailure)
    /// The other side has closed it, which by itself says nothing: servers and proxies close what is idle.
    case lost
}
