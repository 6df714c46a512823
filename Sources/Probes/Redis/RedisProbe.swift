internal import Configuration
internal import Health
internal import Transport

/// Asks a Redis or Valkey server over a connection of its own.
struct RedisProbe: ServerProbe {
    let endpoint: Endpoint
    /// For people: where the server is.
    let place: String
    let security: StreamSecurity?
    let user: String?
    let password: SecretSource?
    let requirements: RedisRequirements
    let network: Network

    var secretFiles: [String] { [password?.file].compactMap(\.self) }

    func run(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> ProbeOutcome {
        await attempt(until: deadline, on: loop).0
    }

    func open(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> (
        ProbeOutcome, HeldConnection?
    ) {
        let (outcome, login) = await attempt(until: deadline, on: loop)
        let connection = login.map { RedisConnection($0.stream, requirements, $0.dialect, place: place) }
        return (outcome, connection.map { .attended($0) })
    }

    /// - Returns: what it found, and where it passed the connection that stands.
    private func attempt(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> (
        ProbeOutcome, (stream: Stream, dialect: RedisDialogue.Dialect)?
    ) {
        var seen = ProbeOutcome.Observation()
        do throws(ProbeFailure) {
            let login = try await login(until: deadline, on: loop)
            var dialect = RedisDialogue.Dialect.hello
            var (ending, stream) = try await converse(dialect, login, seeing: &seen, until: deadline, on: loop)
            if ending == .startOver {
                dialect = .auth
                (ending, stream) = try await converse(dialect, login, seeing: &seen, until: deadline, on: loop)
            }
            switch ending {
            case .passed: return (.passed(seen), (stream, dialect))
            case .failed(let code, let word): throw ProbeFailure(code, at: place, word)
            case .startOver: preconditionFailure("a dialogue without HELLO has no reason to start over")
            }
        } catch {
            return (.failed(error, seen), nil)
        }
    }

    private func login(
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(ProbeFailure) -> RedisDialogue.Login? {
        guard let password else { return nil }
        let word = try await password.reveal(with: network, until: deadline, on: loop)
        return RedisDialogue.Login(user: user, password: word)
    }

    private func converse(
        _ dialect: RedisDialogue.Dialect,
        _ login: RedisDialogue.Login?,
        seeing seen: inout ProbeOutcome.Observation,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(ProbeFailure) -> (RedisDialogue.Ending, Stream) {
        do throws(TransportFailure) {
            let stream = try await Stream.connect(to: endpoint, by: network.connector, until: deadline, on: loop)
            try await security?.secure(stream, until: deadline, on: loop)
            seen.certificateEnd = stream.certificateEnd.map(Timestamp.init)
            var dialogue = RedisDialogue(login: login, requirements: requirements, dialect: dialect)
            defer { seen.replication = dialogue.replication }
            return (try await dialogue.run(over: stream, until: deadline, on: loop), stream)
        } catch {
            throw ProbeFailure(error, at: place)
        }
    }
}
