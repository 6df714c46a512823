internal import Configuration
internal import Health
internal import Transport

/// Asks a RabbitMQ server over a connection of its own.
struct RabbitMQProbe: Probe {
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
        var seen = ProbeOutcome.Observation()
        do throws(ProbeFailure) {
            let dialogue = RabbitMQDialogue(
                login: try await login(until: deadline, on: loop),
                requirements: requirements
            )
            switch try await hold(dialogue, seeing: &seen, until: deadline, on: loop) {
            case .passed: return .passed(seen)
            case .failed(let code, let word): throw ProbeFailure(code, at: place, word)
            }
        } catch {
            return .failed(error, seen)
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

    private func hold(
        _ dialogue: consuming RabbitMQDialogue,
        seeing seen: inout ProbeOutcome.Observation,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(ProbeFailure) -> RabbitMQDialogue.Ending {
        do throws(TransportFailure) {
            let stream = try await Stream.connect(to: endpoint, by: network.connector, until: deadline, on: loop)
            try await security?.secure(stream, until: deadline, on: loop)
            seen.certificateEnd = stream.certificateEnd.map(Timestamp.init)
            try await stream.send(dialogue.opening, until: deadline, on: loop)
            while true {
                var bytes: [UInt8] = []
                guard try await stream.receive(into: &bytes, until: deadline, on: loop) > 0 else {
                    throw TransportFailure(stream.stage, .closed)
                }
                switch dialogue.receive(bytes) {
                case .goOn(let bytes):
                    stream.stage = dialogue.isLoggingIn ? .login : .exchange
                    try await stream.send(bytes, until: deadline, on: loop)
                case .end(let ending, let last):
                    try? await stream.send(last, until: deadline, on: loop)
                    return ending
                }
            }
        } catch {
            if let verdict = dialogue.verdict { return verdict }
            throw ProbeFailure(error, at: place)
        }
    }
}
