internal import Configuration
internal import MicroHTTP

extension ListenAddress {
    /// The address of a listener as configured.
    init(_ address: Listener.Address) {
        self =
            switch address {
            case .tcp(let host, let port): .tcp(host: host == "localhost" ? "127.0.0.1" : host, port: port)
            case .unix(let path, let mode): .unix(path: path, mode: mode)
            case .inherited(let descriptor): .inherited(descriptor: descriptor)
            case .systemd(let name): .systemd(name: name)
            }
    }
}
