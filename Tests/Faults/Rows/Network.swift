import TestSupport

/// What becomes of packets: rows 2, 3, 18, 28 and 30.
let networkRows: [Row] = [
    .run(2, "blackholed: connection attempts are dropped", needs: filter) {
        let server = try HTTPOrigin(["/": .init(body: "ok")])
        let tempo = Tempo.usual
        try await GatewayUnderTest.run(checks: "db=tcp://\(server.address)\(tempo.options)", keeping: server) {
            gateway in
            try await PacketFilter.with("tcp dport \(server.port) drop", in: 2) { _ in
                try await gateway.expect("db", "connect.timed_out", within: tempo.detection)
                try await gateway.expect("ready", "connect.timed_out", within: .zero)
            }
            try await gateway.expect("ready", "pass", within: tempo.recovery)
        }
    },
    .run(3, "host and net unreachable", needs: filter) {
        let server = try HTTPOrigin(["/": .init(body: "ok")])
        let tempo = Tempo.usual
        // No route leads out of the namespace.
        let nowhere = "net=tcp://192.0.2.1:9\(tempo.options),required=false"
        let checks = ["db=tcp://\(server.address)\(tempo.options)", nowhere]
        try await GatewayUnderTest.run(.init(checks: checks, keeping: [server])) { gateway in
            try await gateway.expect("net", "connect.unreachable", within: tempo.detection)
            let rule = "tcp dport \(server.port) reject with icmpx type host-unreachable"
            try await PacketFilter.with(rule, in: 3) { _ in
                try await gateway.expect("db", "connect.unreachable", within: tempo.detection)
            }
            try await gateway.expect("ready", "pass", within: tempo.recovery)
        }
    },
    .run(18, "established flow dropped silently", needs: filter) {
        let server = try HTTPOrigin(["/": .init(body: "ok")])
        let tempo = Tempo.usual
        try await GatewayUnderTest.run(checks: "web=http://\(server.address)/\(tempo.options)", keeping: server) {
            gateway in
            // Connections come about, and then nothing passes.
            let rule = "tcp dport \(server.port) tcp flags & (syn | ack) == ack tcp flags & (psh | fin) != 0 drop"
            try await PacketFilter.with(rule, in: 18) { _ in
                try await gateway.expect("web", "exchange.timed_out", within: tempo.detection)
            }
            try await gateway.expect("ready", "pass", within: tempo.recovery)
        }
    },
    .run(28, "IPv6 only; IPv6 broken and IPv4 good", needs: filter) {
        let four = try ScriptedServer(.silent)
        let six = try ScriptedServer(.silent, at: .tcp(host: "::1", port: FreePort.find()))
        let names = try nameServer(
            28,
            [
                "six.test": .addresses("::1"),
                "both.test": .families(ipv4: .addresses("127.0.0.1"), ipv6: .addresses("::1")),
            ]
        )
        let tempo = Tempo(period: .seconds(1), timeout: .seconds(1), failureThreshold: 2)
        let folder = try TemporaryFolder("names")
        let checks = [
            "six=tcp://six.test:\(six.port)\(tempo.options)", "both=tcp://both.test:\(four.port)\(tempo.options)",
        ]
        // From the start: an address that once worked would be tried first.
        try await PacketFilter.with("ip6 daddr ::1 tcp dport \(four.port) drop", in: 28) { _ in
            let setting = GatewayUnderTest.Setting(
                checks: checks,
                wrapper: try names.wrapper(in: folder),
                keeping: [four, six, names, folder]
            )
            try await GatewayUnderTest.run(setting) { gateway in
                try await gateway.expectSteady("both", for: .seconds(4))
                try await gateway.expectSteady("six", for: .seconds(1))
            }
        }
    },
    .run(30, "30 % loss, 64 kbit/s, 400 ms latency: slow is not down", needs: filter, within: .seconds(80)) {
        let answer = HTTPOrigin.Response(body: String(repeating: "ok", count: 1_000))
        let (lossy, narrow) = (try HTTPOrigin(["/": answer]), try HTTPOrigin(["/": answer]))
        let far = try ScriptedServer(
            .init("far") { conversation in
                try conversation.expect(until: "\r\n\r\n")
                try conversation.pause(.milliseconds(400))
                try conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            }
        )
        // The kernel sends a lost SYN again after 1 s and 3 s: three tries fit.
        let tempo = Tempo(period: .seconds(4), timeout: .seconds(4), failureThreshold: 3)
        let many = (1...6).map { "lossy\($0)=http://\(lossy.address)/\(tempo.options)" }
        let checks =
            many + [
                "narrow=http://\(narrow.address)/\(tempo.options)", "far=http://\(far.address)/\(tempo.options)",
            ]
        try await GatewayUnderTest.run(.init(checks: checks, keeping: [lossy, narrow, far])) { gateway in
            try await PacketFilter.with(
                "tcp dport \(lossy.port) numgen random mod 100 < 30 drop",
                "tcp sport \(narrow.port) limit rate over 8 kbytes/second burst 4 kbytes drop",
                in: 30
            ) { _ in
                try await gateway.expectSteady("ready", for: .seconds(45))
            }
        }
    },
]

private let filter: [Need] = [.namespace, .tool("nft")]
