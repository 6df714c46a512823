internal import Configuration
internal import Health
internal import Transport

/// Sends one request, follows as many redirects as it may, and judges the answer.
struct HTTPProbe: ServerProbe {
    /// Without its secrets.
    let request: HTTPRequest
    let secrets: HTTPSecrets
    let expectation: HTTPExpectation
    let mostRedirects: Int
    /// Whom a server is to prove itself to that a redirect leads to: the same trust, without our certificate.
    let tlsElsewhere: TLSContext?
    /// For people: where the server is.
    let place: String
    let network: Network

    var secretFiles: [String] { secrets.files }

    func run(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> ProbeOutcome {
        var seen = ProbeOutcome.Observation()
        do throws(ProbeFailure) {
            try await ask(seeing: &seen, until: deadline, on: loop)
            return .passed(seen)
        } catch {
            return .failed(error, seen)
        }
    }

    /// What is kept is a connection beside the one of the request: libcurl tells nobody of the end of its own.
    func open(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> (
        ProbeOutcome, HeldConnection?
    ) {
        let outcome = await run(until: deadline, on: loop)
        guard outcome.failure == nil else { return (outcome, nil) }
        let stream = try? await Stream.connect(to: endpoint, by: network.connector, until: deadline, on: loop)
        return (outcome, stream.map { .attended(SilentConnection($0)) })
    }

    var endpoint: Endpoint { request.socketPath.map(Endpoint.unix) ?? request.endpoint }

    private func ask(
        seeing seen: inout ProbeOutcome.Observation,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(ProbeFailure) {
        var request = request
        try await secrets.fill(&request, with: network, until: deadline, on: loop)
        var place = place
        var redirects = 0
        while true {
            let response = try await answer(to: request, at: place, until: deadline, on: loop)
            if redirects == 0 { seen.certificateEnd = response.certificateEnd.map(Timestamp.init) }
            guard redirects < mostRedirects,
                let next = request.redirected(by: response, tlsElsewhere: tlsElsewhere)
            else { return try await judge(response, after: redirects, at: place, until: deadline, on: loop) }
            if !next.url.hasSameOrigin(as: request.url) { place = "\(next.endpoint)" }
            request = next
            redirects += 1
        }
    }

    private func answer(
        to request: HTTPRequest,
        at place: String,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(ProbeFailure) -> HTTPResponse {
        do throws(TransportFailure) {
            return try await request.send(over: network, until: deadline, on: loop)
        } catch {
            throw ProbeFailure(error, at: place)
        }
    }

    private func judge(
        _ response: HTTPResponse,
        after redirects: Int,
        at place: String,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(ProbeFailure) {
        let complaint: String?
        do throws(TransportFailure) {
            complaint = try await expectation.complaint(about: response, with: network, until: deadline, on: loop)
        } catch {
            throw ProbeFailure(error, at: place)
        }
        guard let complaint else { return }
        let suffix = redirects == 0 ? "" : " (after \(redirects) redirects)"
        // Servers such as nginx say so by a status of their own.
        let hint = response.lacksCertificate ? "; the server asked for a certificate of ours and got none" : ""
        throw ProbeFailure(FailureCode(.assert, .unexpected), at: place, complaint + suffix + hint)
    }
}
