internal import Configuration
internal import Health
internal import Transport

/// Asks a RabbitMQ server over a connection of its own.
struct RabbitMQProbe: ServerProbe {
    let endpoint: Endpoint
    /// For people: where the server is.
    let place: String
    let security: StreamSecurity?
    /// Nil where it is enough that the server asks for a login.
    let credentials: Credentials?
    let requirements: RabbitMQRequirements
    let network: Network

    struct Credentials: Sendable {
        let user: String
        let password: SecretSource
    }

    var secretFiles: [String] { [credentials?.password.file].compactMap(\.self) }

    func run(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> ProbeOutcome {
        await attempt(isKept: false, until: deadline, on: loop).0
    }

    func open(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> (
        ProbeOutcome, HeldConnection?
    ) {
        await attempt(isKept: true, until: deadline, on: loop)
    }

    private func attempt(
        isKept: Bool,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async -> (ProbeOutcome, HeldConnection?) {
        var seen = ProbeOutcome.Observation()
        do throws(ProbeFailure) {
            let login = try await login(until: deadline, on: loop)
            var dialogue = RabbitMQDialogue(login: login, requirements: requirements, isKept: isKept)
            let (ending, stream) = try await converse(&dialogue, seeing: &seen, until: deadline, on: loop)
            switch ending {
            case .passed where isKept:
                return (.passed(seen), .stepwise(RabbitMQConnection(stream, dialogue, place: place)))
            case .passed: return (.passed(seen), nil)
            case .failed(let code, let word): throw ProbeFailure(code, at: place, word)
            }
        } catch {
            return (.failed(error, seen), nil)
        }
    }

    private func login(
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(ProbeFailure) -> RabbitMQDialogue.Login? {
        guard let credentials else { return nil }
        let word = try await credentials.password.reveal(with: network, until: deadline, on: loop)
        return RabbitMQDialogue.Login(user: credentials.user, password: word)
    }

    private func converse(
        _ dialogue: inout RabbitMQDialogue,
        seeing seen: inout ProbeOutcome.Observation,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(ProbeFailure) -> (RabbitMQDialogue.Ending, Stream) {
        do throws(TransportFailure) {
            let stream = try await Stream.connect(to: endpoint, by: network.connector, until: deadline, on: loop)
            try await security?.secure(stream, until: deadline, on: loop)
            seen.certificateEnd = stream.certificateEnd.map(Timestamp.init)
            let ending = try await dialogue.run(saying: dialogue.opening, over: stream, until: deadline, on: loop)
            return (ending, stream)
        } catch {
            throw ProbeFailure(error, at: place)
        }
    }
}
