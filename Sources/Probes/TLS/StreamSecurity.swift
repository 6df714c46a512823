internal import Configuration
internal import Transport

/// How a conversation of our own is turned to TLS: whom to trust, and which name the server's certificate must be for.
struct StreamSecurity: Sendable {
    private let context: TLSContext
    private let serverName: String

    /// As the options of a check say, whose type declares ``TLSOptions/specs``.
    ///
    /// - Throws: `configure.*` with the file that cannot be used.
    init(_ definition: CheckDefinition, _ url: ServiceURL, _ network: Network) throws(TransportFailure) {
        let options = TLSOptions(definition)
        context = try options.context(with: network)
        serverName = options.serverName ?? url.host
    }

    /// - Throws: `secure.*`.
    func secure(
        _ stream: Stream,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) {
        try await stream.startTLS(context, name: serverName, until: deadline, on: loop)
    }
}
