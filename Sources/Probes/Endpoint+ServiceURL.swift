internal import Configuration
internal import Transport

extension Endpoint {
    /// Where a URL leads; the loader has seen to it that one without a socket has a port.
    init(_ url: ServiceURL) {
        if let path = url.socketPath {
            self = .unix(path: path)
        } else {
            self = .host(url.host, port: UInt16(clamping: url.port ?? 0))
        }
    }
}
