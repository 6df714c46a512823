internal import Glibc
internal import Health
internal import Transport

/// Makes a whole handshake, as a client of the server would, and looks how long the certificates are still valid.
struct TLSProbe: Probe {
    let endpoint: Endpoint
    /// For people: where the server is.
    let place: String
    let security: StreamSecurity
    /// Nil where TLS begins with the first byte.
    let prelude: TLSPrelude.Language?
    let terms: CertificateTerms
    let network: Network

    var measure: Measure { .daysLeft }

    func run(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> ProbeOutcome {
        do throws(TransportFailure) {
            let stream = try await Stream.connect(to: endpoint, by: network.connector, until: deadline, on: loop)
            if let refusal = try await begin(on: stream, until: deadline, on: loop) { return .failed(refusal) }
            try await security.secure(stream, until: deadline, on: loop)
            stream.stage = .secure
            guard let end = stream.certificateEnd else { throw TransportFailure(.secure, .malformed, "no certificate") }
            try await stream.finish(saying: prelude?.farewell ?? [], until: deadline, on: loop)
            return terms.judge(end, at: Int64(time(nil)), place: place)
        } catch {
            return .failed(ProbeFailure(error, at: place))
        }
    }

    /// Brings the conversation to where TLS begins.
    ///
    /// - Returns: why the server will have none; nil where it waits for the handshake.
    private func begin(
        on stream: Stream,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) -> ProbeFailure? {
        guard let prelude else { return nil }
        var dialogue = TLSPrelude(prelude)
        var step = dialogue.opening
        while true {
            switch step {
            case .secure: return nil
            case .failed(let code, let word):
                // Who speaks another protocol would not know the word; whether the others hear it changes nothing.
                if code.reason != .malformed {
                    try? await stream.finish(saying: prelude.farewell, until: deadline, on: loop)
                }
                return ProbeFailure(code, at: place, word)
            case .send(let bytes):
                try await stream.send(bytes, until: deadline, on: loop)
                step = .receive
            case .receive:
                var bytes: [UInt8] = []
                guard try await stream.receive(into: &bytes, until: deadline, on: loop) > 0 else {
                    throw TransportFailure(.exchange, .closed)
                }
                step = dialogue.receive(bytes)
            }
        }
    }
}
