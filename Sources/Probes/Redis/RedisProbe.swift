internal import Configuration
internal import Health
internal import Transport

/// Asks a Redis or Valkey server over a connection of its own.
struct RedisProbe: Probe {
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
        var seen = ProbeOutcome.Observation()
        do throws(ProbeFailure) {
            let login = try await login(until: deadline, on: loop)
            var ending = try await converse(.hello, login, seeing: &seen, until: deadline, on: loop)
            if ending == .startOver {
                ending = try await converse(.auth, login, seeing: &seen, until: deadline, on: loop)
            }
            switch ending {
            case .passed: return .passed(seen)
            case .failed(let code, let word): throw ProbeFailure(code, at: place, word)
            case .startOver: preconditionFailure("a dialogue without HELLO has no reason to start over")
            }
        } catch {
            return .failed(error, seen)
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
    ) async throws(ProbeFailure) -> RedisDialogue.Ending {
        do throws(TransportFailure) {
            let stream = try await Stream.connect(to: endpoint, by: network.connector, until: deadline, on: loop)
            try await security?.secure(stream, until: deadline, on: loop)
            seen.certificateEnd = stream.certificateEnd.map(Timestamp.init)
            let dialogue = RedisDialogue(login: login, requirements: requirements, dialect: dialect)
            return try await hold(dialogue, over: stream, seeing: &seen, until: deadline, on: loop)
        } catch {
            throw ProbeFailure(error, at: place)
        }
    }

    private func hold(
        _ dialogue: consuming RedisDialogue,
        over stream: Stream,
        seeing seen: inout ProbeOutcome.Observation,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) -> RedisDialogue.Ending {
        var refusal: TransportFailure?
        stream.stage = dialogue.isLoggingIn ? .login : .exchange
        do throws(TransportFailure) {
            try await stream.send(dialogue.opening, until: deadline, on: loop)
        } catch {
            // A full server says so and closes without listening: its word may still be read.
            guard error.reason == .closed else { throw error }
            refusal = error
        }
        while true {
            var bytes: [UInt8] = []
            stream.stage = dialogue.isLoggingIn ? .login : .exchange
            guard try await stream.receive(into: &bytes, until: deadline, on: loop) > 0 else {
                throw refusal ?? TransportFailure(stream.stage, .closed)
            }
            if case .end(let ending) = dialogue.receive(bytes) {
                seen.replication = dialogue.replication
                return ending
            }
        }
    }
}
