internal import Configuration
internal import Transport

/// What an answer must be to count as a pass.
struct HTTPExpectation: Hashable, Sendable {
    /// One value that the body must hold as JSON.
    struct Member: Hashable, Sendable {
        let path: JSONPath
        let value: Expectation
    }

    static let usualStatuses = StatusSet([200...299])

    var statuses = usualStatuses
    var body: Sought?
    var members: [Member] = []

    /// What is not as it must be, in words that hold nothing of the body; nil for a pass.
    ///
    /// - Throws: `exchange.timed_out` where a regular expression does not come to an end in time.
    func complaint(
        about response: HTTPResponse,
        with network: Network,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) -> String? {
        guard statuses.contains(response.status) else { return "status \(response.status), wanted \(statuses)" }
        switch body {
        case nil: break
        case .text(let text):
            guard response.body.contains(text) else {
                return "the text asked for is not in the body\(limit(of: response))"
            }
        case .pattern(let pattern):
            guard try await pattern.matches(response.body, with: network, until: deadline, on: loop) else {
                return "the body does not match\(limit(of: response))"
            }
        }
        guard !members.isEmpty else { return nil }
        guard !response.isTruncated else {
            return "a body of more than \(HTTPResponse.longestBody) bytes, not read as JSON"
        }
        guard let root = JSONParser.value(in: response.body) else { return "the body is no JSON" }
        for member in members {
            guard let value = member.path.value(in: root) else { return "json \(member.path): not there" }
            guard let text = value.text else { return "json \(member.path): neither text, number, boolean nor null" }
            guard try await member.value.isMet(by: text, with: network, until: deadline, on: loop) else {
                return "json \(member.path): another value than asked for"
            }
        }
        return nil
    }

    private func limit(of response: HTTPResponse) -> String {
        response.isTruncated ? ", as far as it was read (\(HTTPResponse.longestBody) bytes)" : ""
    }
}
