internal import Configuration
internal import Probes
internal import Transport

/// Asks a running gateway about one gate or check: once, or until it is open.
struct StatusInquiry: Sendable {
    /// How it ends.
    enum End: Sendable {
        case answered(HTTPResponse)
        case unanswered(TransportFailure)
        /// By this signal.
        case stopped(TerminationSignals.Signal)
    }

    /// For an answer that is not held back; the gateway gives it from what it knows, at once.
    private static let patience = Duration.seconds(2)
    /// The longest that one answer is to be held back, lest a gateway that vanished without a word be waited for.
    private static let longestHold = Duration.seconds(30)
    /// The longest between two questions.
    private static let longestPause = Duration.seconds(1)

    /// The least that an answer was held back that need not be asked for at a slower pace.
    private static let shortestHold = Duration.seconds(1)

    /// What is sent, but for its query.
    let request: HTTPRequest
    let network: Network

    /// Asks once.
    func ask(on loop: isolated EventLoop) async -> End {
        var manners = Manners(waits: false)
        return await ask(holding: .zero, &manners, on: loop)
    }

    /// Asks until it is open, an answer says that waiting is in vain, `deadline` passes, or one of `signals` comes.
    func ask(
        until deadline: ContinuousClock.Instant,
        or signals: TerminationSignals,
        on loop: isolated EventLoop
    ) async -> End {
        await withTaskGroup(of: End?.self) { group in
            group.addTask(executorPreference: loop.executor) { await signals.next(on: loop).map { .stopped($0) } }
            group.addTask(executorPreference: loop.executor) { await ask(until: deadline, on: loop) }
            defer { group.cancelAll() }
            while true {
                if let end = await group.next()! { return end }
            }
        }
    }

    private func ask(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> End {
        let start = loop.now
        var manners = Manners(waits: true)
        while true {
            let asked = loop.now
            let hold = max(.zero, min(asked.duration(to: deadline), Self.longestHold))
            let end = await ask(holding: hold, &manners, on: loop)
            let isOver = if case .answered(let response) = end { response.status < 500 } else { false }
            if isOver || loop.now >= deadline || Task.isCancelled { return end }
            let pause = pause(after: end, held: asked.duration(to: loop.now), waited: start.duration(to: loop.now))
            await loop.sleep(until: min(deadline, loop.now + min(pause, Self.longestPause)))
        }
    }

    private func pause(after end: End, held: Duration, waited: Duration) -> Duration {
        switch end {
        // It is held back no longer than the gateway's own limit.
        case .answered where held >= Self.shortestHold: .zero
        // Too many wait already, the gateway stops, or it is one that cannot wait: a crowd may have heard the same.
        case .answered: max(.milliseconds(100), waited / 50)
        // Nobody is there yet: the pace of CONTRACT section 2 while nothing listens.
        case .unanswered, .stopped: max(.milliseconds(10), waited / 200)
        }
    }

    /// What this gateway can be asked.
    private struct Manners {
        /// It knows `wait`; older ones do not.
        var waits: Bool
        /// It tells details under the name that it was asked by.
        var tellsDetails = true
    }

    /// Asks, and again in a simpler way where the gateway understands or tells less.
    private func ask(holding hold: Duration, _ manners: inout Manners, on loop: isolated EventLoop) async -> End {
        while true {
            let hold = manners.waits ? hold : .zero
            var query = manners.tellsDetails ? ["verbose"] : []
            if hold > .zero { query.append("wait=\(DurationText.text(hold))") }
            let response: HTTPResponse
            do throws(TransportFailure) {
                response = try await asking(query).send(over: network, until: loop.now + hold + Self.patience, on: loop)
            } catch {
                return .unanswered(error)
            }
            switch response.status {
            case 421 where manners.tellsDetails: manners.tellsDetails = false
            case 400 where manners.waits && hold > .zero: manners.waits = false
            default: return .answered(response)
            }
        }
    }

    private func asking(_ query: [String]) -> HTTPRequest {
        var request = request
        let url = request.url
        let target = url.target + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
        request.url = HTTPURL(isSecure: url.isSecure, host: url.host, port: url.port, target: target)
        return request
    }
}
