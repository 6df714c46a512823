import Testing

@testable import Gateway

@Suite("Names under which details are told")
struct HostRuleTests {
    static let rule = HostRule(allowed: ["status.example.org"])

    @Test(
        "Addresses, short names, private names and listed names are admitted",
        arguments: [
            nil, "", "localhost", "localhost:8484", "mayan", "127.0.0.1", "127.0.0.1:8484", "10.0.0.1", "[::1]",
            "[::1]:8484", "[fe80::1]:8484", "a.localhost", "printer.local", "x.internal", "db.prod.svc",
            "db.prod.svc.cluster.local:80", "status.example.org", "Status.Example.ORG:443", "status.example.org.",
            "a.localhost.",
        ] as [String?]
    )
    func admitted(host: String?) {
        #expect(Self.rule.admits(host))
    }

    @Test(
        "Any other name with a dot is not",
        arguments: [
            "example.org", "evil.example", "evil.example:8484", "127.0.0.1.evil.example", "1.2.3", "1.2.3.4.5",
            "localhost.evil.example", "svc.evil.example", "xlocal.evil", "a.notlocal", "www.status.example.org",
            "status.example.org.evil", "[evil.example]", "[::1].evil.example", "a@evil.example",
            "127.0.0.1@evil.example", "0x7f.1",
        ]
    )
    func refused(host: String) {
        #expect(!Self.rule.admits(host))
    }
}
