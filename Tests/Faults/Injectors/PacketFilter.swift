import TestSupport

/// Rules of nftables(8) for packets that come in, for as long as a closure runs, in the programme's own namespace.
///
/// They stand where packets come in, since a socket hears of one that is dropped on its way out.
struct PacketFilter {
    private let table: String

    /// - Parameters:
    ///   - rules: may use the counter `connections` and the set of IPv4 addresses `addresses`.
    ///   - number: the row's, which names the table.
    static func with(
        _ rules: String...,
        in number: Int,
        _ body: (PacketFilter) async throws -> Void
    ) async throws {
        let table = "row\(number)"
        let text = """
            table inet \(table) {
                counter connections {}
                set addresses { type ipv4_addr; flags dynamic; size 256; }
                chain incoming {
                    type filter hook input priority 0
                    \(rules.joined(separator: "\n"))
                }
            }
            """
        try await Tool.run(["nft", "-f", "-"], input: text)
        let result: Result<Void, any Error>
        do { result = .success(try await body(PacketFilter(table: table))) } catch { result = .failure(error) }
        _ = try? await Tool.run(["nft", "delete", "table", "inet", table])
        try result.get()
    }

    /// What `counter name connections` has counted.
    func count() async throws -> Int {
        let words = try await Tool.run(["nft", "list", "counter", "inet", table, "connections"])
            .split(whereSeparator: \.isWhitespace)
        guard let place = words.lastIndex(of: "packets"), place + 1 < words.count, let count = Int(words[place + 1])
        else { throw Shortfall("nft lists no counter") }
        return count
    }

    /// How many addresses `add @addresses` has collected that begin with `prefix`.
    func addressCount(under prefix: String) async throws -> Int {
        let words = try await Tool.run(["nft", "list", "set", "inet", table, "addresses"])
            .split { $0.isWhitespace || $0 == "," }
        return words.count { $0.hasPrefix(prefix) }
    }
}
