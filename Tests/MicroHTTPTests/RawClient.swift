import Glibc
import MicroHTTP

/// A socket that sends exactly the bytes it is given: what no HTTP client library would let a test do.
final class RawClient {
    private let descriptor: Int32
    private var received: [UInt8] = []

    /// A descriptor now, the connection later: for tests that use up all descriptors in between.
    init(unconnectedTo address: ListenAddress) {
        let family = if case .unix = address { AF_UNIX } else if isIPv6(address) { AF_INET6 } else { AF_INET }
        descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        precondition(descriptor >= 0, "no descriptor is left for a client")
        patience = .seconds(30)
    }

    convenience init(_ address: ListenAddress) throws {
        self.init(unconnectedTo: address)
        try connect(to: address)
    }

    deinit { close(descriptor) }

    struct Refused: Error, Equatable { let code: Int32 }

    /// How long a read waits; a test that waits in vain fails.
    var patience: Duration {
        didSet { set(patience, of: descriptor) }
    }

    func connect(to address: ListenAddress) throws {
        set(patience, of: descriptor)
        let status =
            switch address {
            case .tcp(let host, let port) where isIPv6(address):
                withAddress(sockaddr_in6(host: host ?? "::1", port: port)) { Glibc.connect(descriptor, $0, $1) }
            case .tcp(let host, let port):
                withAddress(sockaddr_in(host: host ?? "127.0.0.1", port: port)) { Glibc.connect(descriptor, $0, $1) }
            case .unix(let path, _):
                withAddress(sockaddr_un(path: path)) { Glibc.connect(descriptor, $0, $1) }
            case .inherited, .systemd:
                preconditionFailure("give the address of the socket itself")
            }
        if status != 0 { throw Refused(code: errno) }
    }

    /// False when the server has closed the connection.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Has the kernel send RST instead of FIN when the client goes.
    func resetWhenClosed() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    }

    enum Arrival: Equatable { case bytes, end, nothing }

    /// Waits for one piece, at most ``patience``.
    func receive() -> Arrival {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 { received += buffer[..<count] }
        return count > 0 ? .bytes : count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .end
    }

    /// Everything until the server closes the connection; nil if it does not.
    func readToEnd() -> String? {
        while true {
            switch receive() {
            case .bytes: continue
            case .nothing: return nil
            case .end:
                defer { received = [] }
                return String(decoding: received, as: UTF8.self)
            }
        }
    }

    /// The next answer by its Content-Length; nil if the connection ends or nothing comes.
    func readAnswer(toHead: Bool = false) -> Answer? {
        while true {
            if let (answer, length) = Answer.parse(received, isBodyLeftOut: toHead) {
                received.removeFirst(length)
                return answer
            }
            guard receive() == .bytes else { return nil }
        }
    }

    /// Sends one request and reads its answer.
    func get(_ target: String, method: String = "GET", headers: String = "Host: localhost\r\n") -> Answer? {
        send("\(method) \(target) HTTP/1.1\r\n\(headers)\r\n")
        return readAnswer(toHead: method == "HEAD")
    }
}

private func isIPv6(_ address: ListenAddress) -> Bool {
    if case .tcp(let host?, _) = address { host.contains(":") } else { false }
}

private func set(_ patience: Duration, of descriptor: Int32) {
    let (seconds, attoseconds) = patience.components
    var time = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
}

func withAddress<Address>(_ address: Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    withUnsafeBytes(of: address) { bytes in
        body(bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t(bytes.count))
    }
}

extension sockaddr_in {
    init(host: String, port: UInt16) {
        self.init()
        sin_family = sa_family_t(AF_INET)
        sin_port = port.bigEndian
        inet_pton(AF_INET, host, &sin_addr)
    }
}

extension sockaddr_in6 {
    init(host: String, port: UInt16) {
        self.init()
        sin6_family = sa_family_t(AF_INET6)
        sin6_port = port.bigEndian
        inet_pton(AF_INET6, host, &sin6_addr)
    }
}

extension sockaddr_un {
    init(path: String) {
        self.init()
        sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &sun_path) { $0.copyBytes(from: path.utf8) }
    }
}
