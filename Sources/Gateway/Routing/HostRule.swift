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
        guard let name = hostName(of: header.lowercased()) else { return false }
        return !name.contains(".") || isAddress(name) || allowed.contains(name)
            || Self.privateSuffixes.contains { name.hasSuffix($0) }
    }

    /// The header without port, brackets and trailing dot; nil where something else follows the brackets.
    private func hostName(of header: String) -> String? {
        if header.hasPrefix("[") {
            let parts = header.dropFirst().split(separator: "]", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 && (parts[1].isEmpty || parts[1].hasPrefix(":")) ? String(parts[0]) : nil
        }
        let name = header.prefix { $0 != ":" }
        return String(name.last == "." ? name.dropLast() : name)
    }

    private func isAddress(_ name: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1
    }
}
