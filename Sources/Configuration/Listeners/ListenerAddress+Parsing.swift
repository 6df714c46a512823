extension Listener.Address {
    /// Reads `PORT`, `:PORT`, `HOST:PORT`, `[v6]:PORT`, `unix:PATH?mode=0660`, `fd:3`, `systemd:NAME`.
    init(parsing text: String) throws(Mistake) {
        if text.hasPrefix("unix:") {
            self = try Self.unix(text.dropFirst(5))
        } else if text.hasPrefix("fd:") {
            guard let descriptor = Int32(text.dropFirst(3)), descriptor >= 3 else {
                throw Mistake("`fd:` needs the number of an open descriptor, from 3 on")
            }
            self = .inherited(descriptor: descriptor)
        } else if text.hasPrefix("systemd:") {
            let name = String(text.dropFirst(8))
            // sd_listen_fds_with_names(3): at most 255 printable characters without a colon.
            guard (1...255).contains(name.utf8.count), name.allSatisfy({ $0.isASCII && !$0.isWhitespace && $0 != ":" })
            else {
                throw Mistake("`systemd:` needs a FileDescriptorName=")
            }
            self = .systemd(name: name)
        } else {
            self = try Self.tcp(text)
        }
    }

    private static func tcp(_ text: String) throws(Mistake) -> Listener.Address {
        let colon = text.lastIndex(of: ":")
        let portText = colon.map { text[$0...].dropFirst() } ?? text[...]
        guard !portText.isEmpty, portText.allSatisfy({ $0.isASCII && $0.isNumber }), let port = UInt16(portText) else {
            throw Mistake(
                "must be PORT, :PORT, HOST:PORT, [v6]:PORT, unix:PATH, fd:3 or systemd:NAME, with a port from 0 to 65535"
            )
        }
        guard let colon, colon != text.startIndex else { return .tcp(host: nil, port: port) }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":"),
                host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || ":.%".contains($0)) })
            else {
                throw Mistake("holds no IPv6 address between its brackets")
            }
            return .tcp(host: String(host), port: port)
        }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isIPv4 = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
        guard isIPv4 || host == "localhost" else {
            throw Mistake(
                "its host must be an IP address (IPv6 in brackets) or `localhost`; `:\(port)` takes all addresses"
            )
        }
        return .tcp(host: String(host), port: port)
    }

    private static func unix(_ text: Substring) throws(Mistake) -> Listener.Address {
        let path = text.prefix { $0 != "?" }
        let query = text[path.endIndex...].dropFirst()
        guard path.hasPrefix("/"), path.utf8.count <= URLAddress.longestSocketPath else {
            throw Mistake("`unix:` needs an absolute path of at most \(URLAddress.longestSocketPath) bytes")
        }
        guard !query.isEmpty else { return .unix(path: String(path), mode: 0o660) }
        let digits = query.dropFirst("mode=".count)
        guard query.hasPrefix("mode="), (3...4).contains(digits.count), let mode = UInt16(digits, radix: 8),
            mode <= 0o777
        else {
            throw Mistake("after the `?` only `mode=` and permissions in octal may stand, as in `?mode=0660`")
        }
        return .unix(path: String(path), mode: mode)
    }
}
