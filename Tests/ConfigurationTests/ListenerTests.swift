import Testing

@testable import Configuration

struct ListenerTests {
    @Test(
        "Every form of an address is read",
        arguments: [
            ("8484", .tcp(host: nil, port: 8484)), (":8484", .tcp(host: nil, port: 8484)),
            (":0", .tcp(host: nil, port: 0)),
            ("127.0.0.1:80", .tcp(host: "127.0.0.1", port: 80)), ("localhost:80", .tcp(host: "localhost", port: 80)),
            ("[::]:80", .tcp(host: "::", port: 80)),
            ("[fe80::1%eth0]:80", .tcp(host: "fe80::1%eth0", port: 80)),
            ("unix:/run/a.sock", .unix(path: "/run/a.sock", mode: 0o660)),
            ("unix:/run/a.sock?mode=0600", .unix(path: "/run/a.sock", mode: 0o600)),
            ("unix:/a?mode=666", .unix(path: "/a", mode: 0o666)), ("fd:3", .inherited(descriptor: 3)),
            ("systemd:http", .systemd(name: "http")),
            ("", nil), (":", nil), (":x", nil), (":65536", nil), ("host:80", nil), ("1.2.3:80", nil), ("::1:80", nil),
            ("[::1]", nil), ("[x]:80", nil), ("unix:", nil),
            ("unix:a", nil), ("unix:/a?mode=", nil), ("unix:/a?mode=0888", nil), ("unix:/a?mode=4755", nil),
            ("unix:/a?x=1", nil), ("fd:2", nil), ("fd:x", nil),
            ("systemd:", nil), ("systemd:a:b", nil), ("http://x:80", nil),
        ] as [(String, Listener.Address?)]
    )
    func addresses(text: String, expected: Listener.Address?) {
        #expect((try? Listener.Address(parsing: text)) == expected)
    }

    @Test("A listener says how much its readers are told")
    func detail() {
        let (configuration, _) = ConfigurationLoader.load(
            "listen: [8484, {address: \"unix:/x\", detail: full}, {address: \":1\", detail: status}]\nchecks: {a: {url: 'redis://a'}}"
        )
        #expect(configuration?.listeners.map(\.detail) == [.summary, .full, .status])
        #expect(configuration?.listeners.map(\.location.origin) == Array(repeating: "allclear.yaml:1", count: 3))
    }
}
