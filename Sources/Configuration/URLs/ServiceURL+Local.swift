extension ServiceURL {
    /// Whether it names this machine, and no other: a unix socket, `localhost` or a loopback address.
    package var isLocal: Bool { servers.allSatisfy(\.isFirstLocal) }

    private var isFirstLocal: Bool {
        socketPath != nil || host == "localhost" || host.hasSuffix(".localhost") || host == "localhost."
            || isIPv4Loopback(host) || ["::1", "::", "0.0.0.0"].contains(host)
            || (host.hasPrefix("::ffff:") && isIPv4Loopback(String(host.dropFirst("::ffff:".count))))
    }
}

/// 127.0.0.0/8 (RFC 1122 section 3.2.1.3).
private func isIPv4Loopback(_ host: String) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
}
