extension HTTPRequest {
    /// Sends the request over a connection of its own, and takes the answer.
    ///
    /// Redirects are answers like any other. A body that is cut short is a failure, one that is too long is not.
    /// - Throws: `resolve.*`, `connect.*`, `secure.*` and `exchange.*`.
    package func send(
        over network: Network,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) -> HTTPResponse {
        let transfer: CurlTransfer
        if let socketPath {
            transfer = try CurlTransfer(
                self,
                to: .unix(path: socketPath),
                over: nil,
                userAgent: network.userAgent,
                on: loop
            )
        } else {
            let (token, address) = try await network.connector.connect(to: endpoint, until: deadline, on: loop)
            transfer = try CurlTransfer(
                self,
                to: address,
                over: loop.release(token),
                userAgent: network.userAgent,
                on: loop
            )
        }
        return try await transfer.run(until: deadline, on: loop)
    }
}
