import TestSupport

/// What name servers do: rows 24 to 27.
let nameRows: [Row] = [
    .run(24, "DNS NXDOMAIN, SERVFAIL, REFUSED, empty, loop", needs: namespace) {
        let faults: [(name: String, answer: NameAnswer, codes: [String])] = [
            ("nx", .nameError, ["resolve.not_found"]), ("fail", .serverFailure, ["resolve.unexpected"]),
            ("refused", .refused, ["resolve.refused", "resolve.unexpected"]), ("empty", .noData, ["resolve.not_found"]),
            ("loop", .aliasLoop, ["resolve.not_found", "resolve.unexpected", "resolve.malformed"]),
        ]
        let server = try ScriptedServer(.silent)
        let zone = Dictionary(uniqueKeysWithValues: faults.map { ("\($0.name).test", $0.answer) })
        let names = try nameServer(24, zone)
        let tempo = Tempo.usual
        let checks = faults.map { "\($0.name)=tcp://\($0.name).test:\(server.port)\(tempo.options)" }
        try await asking(names, checks, keeping: server) { gateway in
            for fault in faults {
                let end = ContinuousClock.now + tempo.detection
                var state = ""
                while !fault.codes.contains(state), ContinuousClock.now < end {
                    state = try await gateway.state(of: fault.name)
                }
                try demand(fault.codes.contains(state), "\(fault.name) is \(state)")
            }
            for fault in faults { names.set("\(fault.name).test", .addresses(["127.0.0.1"], ttl: 1)) }
            try await gateway.expect("ready", "pass", within: tempo.recovery)
            // An address that worked may be used while the server fails, not when it says that there is no such name.
            for fault in faults { names.set("\(fault.name).test", .serverFailure) }
            try await gateway.expectSteady("ready", for: .seconds(3))
            names.set("nx.test", .nameError)
            try await gateway.expect("nx", "resolve.not_found", within: tempo.detection + .seconds(1))
        }
    },
    .run(25, "DNS silent, garbage, wrong id", needs: namespace) {
        let server = try ScriptedServer(.silent)
        let names = try nameServer(
            25,
            [
                "silent.test": .silent, "garbage.test": .garbage,
                "other.test": .wrongIdentifier(.addresses("127.0.0.1")),
            ]
        )
        let tempo = Tempo.usual
        let checks = ["silent", "garbage", "other"]
            .map { "\($0)=tcp://\($0).test:\(server.port)\(tempo.options),required=false" }
        try await asking(names, checks + ["known=tcp://\(server.address)\(tempo.options)"], keeping: server) {
            gateway in
            for name in ["silent", "garbage", "other"] {
                try await gateway.expect(name, "resolve.timed_out", "resolve.malformed", within: tempo.detection)
            }
            let before = Footprint(of: gateway.process)
            try await gateway.expectSteady("known", for: .seconds(6))
            let after = Footprint(of: gateway.process)
            try demand(after.threads <= before.threads + 2, "grew from \(before) to \(after)")
        }
    },
    .run(26, "DNS slow 3 s, flapping", needs: namespace) {
        let server = try ScriptedServer(.silent)
        let good = NameAnswer.addresses(["127.0.0.1"], ttl: 1)
        let names = try nameServer(
            26,
            [
                "slow.test": .slow(.seconds(3), good), "flap.test": .alternating([good, .serverFailure]),
            ]
        )
        let tempo = Tempo(period: .milliseconds(500), timeout: .milliseconds(500), failureThreshold: 2)
        let checks = [
            "slow=tcp://slow.test:\(server.port)\(tempo.options),required=false",
            "flap=tcp://flap.test:\(server.port)\(tempo.options)",
        ]
        try await asking(names, checks, keeping: server) { gateway in
            try await gateway.expect("slow", "resolve.timed_out", within: tempo.detection)
            try await gateway.expect("flap", "pass", within: tempo.recovery)
            let before = Footprint(of: gateway.process)
            try await gateway.expectSteady("flap", for: .seconds(20))
            let after = Footprint(of: gateway.process)
            try demand(after.fits(before), "piles up: from \(before) to \(after)")
        }
    },
    .run(27, "100 dead addresses; a big answer over TCP", needs: namespace + [.tool("nft")]) {
        let server = try ScriptedServer(.silent)
        let names = try nameServer(
            27,
            [
                "dead.test": .hundred(last: ["127.0.0.1"]), "big.test": .truncated(.addresses("127.0.0.1")),
            ]
        )
        let tempo = Tempo(period: .milliseconds(900), timeout: .milliseconds(900), failureThreshold: 2)
        let checks = [
            "dead=tcp://dead.test:\(server.port)\(tempo.options),required=false",
            "big=tcp://big.test:\(server.port)\(tempo.options)",
        ]
        let rule = "ip daddr 127.1.0.0/16 tcp dport \(server.port) add @addresses { ip daddr } drop"
        try await PacketFilter.with(rule, in: 27) { filter in
            try await asking(names, checks, keeping: server) { gateway in
                try await gateway.expect("dead", "connect.timed_out", within: tempo.detection)
                try await gateway.expectSteady("big", for: .seconds(5))
                let tried = try await filter.addressCount(under: "127.1.")
                try demand((1...4).contains(tried), "\(tried) of the dead addresses were tried")
                try demand(names.queries.contains { $0.overTCP }, "nothing was asked over TCP")
            }
        }
    },
]

/// A name server of one row's own, on the port that the system's configuration cannot change.
func nameServer(_ row: Int, _ zone: [String: NameAnswer]) throws -> FakeNameServer {
    try FakeNameServer(zone, host: "127.0.53.\(row)", port: 53)
}

/// For port 53, and for a resolv.conf of the gateway's own.
private let namespace: [Need] = [.namespace]

/// A gateway whose only name server is `names`.
private func asking(
    _ names: FakeNameServer,
    _ checks: [String],
    keeping server: ScriptedServer,
    _ body: (GatewayUnderTest) async throws -> Void
) async throws {
    let folder = try TemporaryFolder("names")
    let setting = GatewayUnderTest.Setting(
        checks: checks,
        wrapper: try names.wrapper(in: folder),
        startsReady: false,
        keeping: [names, server, folder]
    )
    try await GatewayUnderTest.run(setting, body)
}
