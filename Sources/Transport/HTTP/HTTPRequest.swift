/// One request of HTTP/1.1, for a connection of its own.
package struct HTTPRequest: Sendable {
    /// Upper case, as `GET`.
    package var method: String
    package var url: HTTPURL
    /// The path of a unix socket to connect to, instead of the URL's host and port.
    package var socketPath: String?
    /// What is sent besides what HTTP itself needs; one of the same name takes the place of ours, `Host` included.
    package var headers: [HTTPHeader]
    package var body: [UInt8]?
    /// What the server is to prove where the URL is secure; unused where it is not.
    package var tls: TLSContext?
    /// The name that the server's certificate must be for; nil for the URL's host.
    package var serverName: String?

    package init(
        method: String = "GET",
        url: HTTPURL,
        socketPath: String? = nil,
        headers: [HTTPHeader] = [],
        body: [UInt8]? = nil,
        tls: TLSContext? = nil,
        serverName: String? = nil
    ) {
        self.method = method
        self.url = url
        self.socketPath = socketPath
        self.headers = headers
        self.body = body
        self.tls = tls
        self.serverName = serverName
    }

    /// Where to connect to.
    package var endpoint: Endpoint {
        socketPath.map { .unix(path: $0) } ?? .host(url.host, port: url.port)
    }
}

/// One header field; its value may be a secret, which its description does not show.
package struct HTTPHeader: Hashable, Sendable, CustomStringConvertible {
    package let name: String
    package let value: String

    /// - Returns: nil where name or value hold what would make another field of them (RFC 9110 section 5).
    package init?(_ name: String, _ value: String) {
        guard Self.isName(name), !value.utf8.contains(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }) else {
            return nil
        }
        self.name = name
        self.value = value
    }

    package var description: String { "\(name): …" }

    /// Whether a text can be the name of a header: a token of RFC 9110 section 5.6.2.
    package static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
