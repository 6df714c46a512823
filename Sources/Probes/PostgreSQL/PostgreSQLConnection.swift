internal import Health
internal import Postgres
internal import Transport

/// A session that stands, kept to ask over.
final class PostgreSQLConnection: StepwiseConnection {
    private let session: PostgreSQLProbe.Session
    private let requirements: PostgreSQLRequirements
    private let probe: PostgreSQLProbe

    init(_ session: PostgreSQLProbe.Session, _ requirements: PostgreSQLRequirements, of probe: PostgreSQLProbe) {
        self.session = session
        self.requirements = requirements
        self.probe = probe
    }

    var address: Address? { session.connection.address }

    func ping(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> PingAnswer {
        let time = loop.now.duration(to: deadline)
        var seen = ProbeOutcome.Observation()
        do throws(ProbeFailure) {
            try await probe.awaitStraggler(until: deadline, on: loop)
            try await probe.ask(requirements, over: session, seeing: &seen, within: time, until: deadline, on: loop)
            return .answered(.passed(seen))
        } catch {
            if error.code.reason == .timedOut { return .failed(error) }
            // The goodbye of a server that stops, or that ends an idle session, is no answer to our question.
            return session.connection.isStanding ? .answered(.failed(error, seen)) : .lost
        }
    }

    func isDisturbed(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> Bool {
        await session.connection.isEnded(until: deadline, on: loop)
    }
}
