internal import Glibc

/// Under which names people may open pages that tell more than yes or no (CONTRACT section 6: DNS rebinding).
///
/// A page in a browser can make any name of its own point here; it cannot make the browser send another name.
struct HostRule: Sendable {
    /// In lower case.
    let allowed: Set<String>

    private static let privateSuffixes = [".localhost", ".local", ".internal", ".svc", ".cluster.local"]

    /// Whether a `Host` header is one of ours; a request without one is no browser's.
    func admits(_ header: String?) -> Bool {
        guard let header, !header.isEmpty else { return true }
        let name = hostName(of: header.lowercased())
        return !name.contains(".") || isAddress(name) || allowed.contains(name)
            || Self.privateSuffixes.contains { name.hasSuffix($0) }
    }

    /// The header without port, brackets and trailing dot.
    private func hostName(of header: String) -> String {
        if header.hasPrefix("[") { return String(header.dropFirst().prefix { $0 != "]" }) }
        let name = header.prefix { $0 != ":" }
        return String(name.last == "." ? name.dropLast() : name)
    }

    private func isAddress(_ name: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1
    }
}
