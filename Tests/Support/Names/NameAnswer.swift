/// What a fake name server says about a name.
package indirect enum NameAnswer: Sendable {
    /// These addresses, IPv4 as A and IPv6 as AAAA; a question about the family that is missing gets no data.
    case addresses([String], ttl: UInt32)
    /// CNAME to another name, and what the zone says about that.
    case alias(String)
    /// NXDOMAIN.
    case nameError
    /// SERVFAIL.
    case serverFailure
    /// REFUSED.
    case refused
    /// NOERROR without a record.
    case noData
    /// Nothing at all.
    case silent
    /// Bytes that are no DNS message, but for the identifier.
    case garbage
    /// A right answer to another question (identifier off by one), which a resolver has to ignore.
    case wrongIdentifier(NameAnswer)
    /// The answer after a while.
    case slow(Duration, NameAnswer)
    /// Over UDP only that there is more, over TCP the answer.
    case truncated(NameAnswer)
    /// One for each family.
    case families(ipv4: NameAnswer, ipv6: NameAnswer)
    /// One after the other for each question of a kind, then from the beginning.
    case alternating([NameAnswer])
    /// A name that is an alias of an alias of itself.
    case aliasLoop

    /// These addresses with a TTL of 5 s.
    package static func addresses(_ addresses: String...) -> NameAnswer { .addresses(addresses, ttl: 5) }

    /// A hundred IPv4 addresses of the loopback network, `127.1.0.1` to `127.1.0.100`, then `last`; too long for a datagram.
    package static func hundred(last: [String] = []) -> NameAnswer {
        .addresses((1...100).map { "127.1.0.\($0)" } + last, ttl: 5)
    }
}
