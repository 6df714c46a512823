internal import Configuration
internal import Health
internal import Postgres
internal import Transport

/// Asks a PostgreSQL server, or a pooler and the server behind it, over a connection of its own.
struct PostgreSQLProbe: ServerProbe {
    /// How far the probe goes.
    enum Depth: Sendable {
        /// Until the server, past starting, asks for a login.
        case asksForLogin
        /// Logs in and asks.
        case full(PostgreSQLRequirements)
    }

    /// A login that stands.
    struct Session {
        let connection: Connection
        /// What was sent for it, to be kept out of whatever the server says.
        let password: String?
    }

    let endpoint: Endpoint
    /// For people: where the server is, and what it is to be.
    let place: String
    /// All but the password.
    let parameters: LoginParameters
    let password: SecretSource?
    let depth: Depth
    let network: Network
    /// What the last run left at work in the server.
    private let straggler = Straggler()

    init(
        endpoint: Endpoint,
        place: String,
        parameters: LoginParameters,
        password: SecretSource?,
        depth: Depth,
        network: Network
    ) {
        self.endpoint = endpoint
        self.place = place
        self.parameters = parameters
        self.password = password
        self.depth = depth
        self.network = network
    }

    var loop: LoopKind { .logins }
    var secretFiles: [String] { [password?.file].compactMap(\.self) }

    func run(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> ProbeOutcome {
        await open(until: deadline, on: loop).0
    }

    func open(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> (
        ProbeOutcome, HeldConnection?
    ) {
        let time = loop.now.duration(to: deadline)
        var seen = ProbeOutcome.Observation()
        do throws(ProbeFailure) {
            try await awaitStraggler(until: deadline, on: loop)
            switch depth {
            case .asksForLogin:
                try await checkThatItAsksForLogin(until: deadline, on: loop)
                return (.passed(seen), nil)
            case .full(let requirements):
                let session = try await logIn(until: deadline, on: loop)
                try await ask(requirements, over: session, seeing: &seen, within: time, until: deadline, on: loop)
                return (.passed(seen), .stepwise(PostgreSQLConnection(session, requirements, of: self)))
            }
        } catch {
            return (.failed(error, seen), nil)
        }
    }

    /// Fails while the query of an earlier probe is still at work.
    func awaitStraggler(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async throws(ProbeFailure)
    {
        guard await straggler.settle(until: deadline, on: loop) else {
            throw failure(.exchange, .timedOut, "the query of an earlier probe is still at work")
        }
    }
}

extension PostgreSQLProbe {
    /// Waits until the server has done with what the last run left at work, or the task is cancelled; for whoever has
    /// told the outcome and has time. The next run waits as well, but within its own deadline.
    func settle(on loop: isolated EventLoop) async {
        _ = await straggler.settle(until: nil, on: loop)
    }
}

// MARK: - The two depths

extension PostgreSQLProbe {
    private func checkThatItAsksForLogin(
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(ProbeFailure) {
        let addresses = try await addresses(until: deadline, on: loop)
        do throws(PostgresFailure) {
            let connection = try await Connection.login(parameters, to: addresses, until: deadline, on: loop)
            network.connector.remember(connection.address, for: endpoint)
            try await connection.synchronise(until: deadline, on: loop)
        } catch {
            let failure = ProbeFailure(error, at: place)
            // Whoever is refused for what he is has been asked.
            let isPastStarting =
                switch (failure.code.stage, failure.code.reason) {
                case (.login, .required), (.login, .notFound), (.login, .unsupported): true
                case (.login, .denied): if case .server(let word, _) = error { word.sqlState != "57P03" } else { true }
                default: false
                }
            if !isPastStarting { throw failure }
        }
    }

    private func logIn(
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(ProbeFailure) -> Session {
        var parameters = parameters
        parameters.password = try await password?.reveal(with: network, until: deadline, on: loop)
        let addresses = try await addresses(until: deadline, on: loop)
        do throws(PostgresFailure) {
            let connection = try await Connection.login(parameters, to: addresses, until: deadline, on: loop)
            network.connector.remember(connection.address, for: endpoint)
            return Session(connection: connection, password: parameters.password)
        } catch {
            throw ProbeFailure(error, at: place).hiding(parameters.password)
        }
    }

    /// Asks what is to be asked once the login stands.
    ///
    /// - Parameter time: for the whole probe; after the deadline a query may stay at work for twice as long.
    func ask(
        _ requirements: PostgreSQLRequirements,
        over session: Session,
        seeing seen: inout ProbeOutcome.Observation,
        within time: Duration,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(ProbeFailure) {
        let rows: [[String?]]
        do throws(PostgresFailure) {
            if requirements.isEmpty { return try await session.connection.synchronise(until: deadline, on: loop) }
            rows = try await run(requirements, over: session.connection, within: time, until: deadline, on: loop)
        } catch {
            throw ProbeFailure(error, at: place).hiding(session.password)
        }
        seen.replication = requirements.replication(in: rows)
        do throws(ProbeFailure) {
            guard let value = try requirements.judge(rows), let expectation = requirements.expectation else { return }
            try await compare(value, with: expectation, until: deadline, on: loop)
        } catch {
            throw ProbeFailure(error.code, at: place, error.detail)
        }
    }

    private func run(
        _ requirements: PostgreSQLRequirements,
        over connection: Connection,
        within time: Duration,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(PostgresFailure) -> [[String?]] {
        do throws(PostgresFailure) {
            let statements = requirements.statements(within: loop.now.duration(to: deadline))
            return try await connection.run(statements, until: deadline, on: loop)
        } catch {
            if case .transport(let cause) = error, cause.reason == .timedOut, !Task.isCancelled {
                straggler.keep(connection, until: deadline + time * 2)
            }
            throw error
        }
    }

    private func compare(
        _ value: PostgreSQLRequirements.Value,
        with expectation: Expectation,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(ProbeFailure) {
        let shown: String
        if let text = value.text {
            do throws(TransportFailure) {
                if try await expectation.isMet(by: text, with: network, until: deadline, on: loop) { return }
            } catch {
                throw ProbeFailure(error, at: place)
            }
            shown = text.isEmpty ? "an empty text" : text.oneLine(atMost: Self.longestShownValue)
        } else {
            shown = "NULL"
        }
        throw failure(.assert, .unexpected, "\(shown), wanted \(expectation)")
    }

    /// Bytes of a value that stand in a sentence.
    private static let longestShownValue = 64

    private func addresses(
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(ProbeFailure) -> [Address] {
        do throws(TransportFailure) {
            return try await network.connector.addresses(of: endpoint, until: deadline, on: loop)
        } catch {
            throw ProbeFailure(error, at: place)
        }
    }

    private func failure(_ stage: FailureCode.Stage, _ reason: FailureCode.Reason, _ word: String) -> ProbeFailure {
        ProbeFailure(FailureCode(stage, reason), at: place, word)
    }
}

extension ProbeFailure {
    /// Without the password, which a server that was sent it in clear can say back. Shorter ones are words of errors.
    fileprivate func hiding(_ password: String?) -> ProbeFailure {
        guard let password, password.utf8.count >= 8 else { return self }
        return ProbeFailure(code, at: place, detail.replacing(password, with: "***"))
    }
}
