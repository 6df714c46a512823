import Configuration
import Foundation
import Health
import Logging
import MicroHTTP
import Probes
import TestSupport
import Testing
import Transport

@testable import Gateway

/// Faces of real servers by their role: real probes, run one by one, behind the real aggregator and pages.
@Suite("Role faces of real servers", .enabled(if: RealServers.areWanted([.postgreSQL, .redis]), "not installed"))
struct RoleFaceTests {
    /// A plan of real probes whose results come when a test asks for them.
    private final class Pair: Sendable {
        let plan: Plan
        let board: PageBoard
        private let aggregator: Aggregator
        private let loop: EventLoop

        init(_ yaml: String) throws {
            let files = FileReader { (_, _) throws(FileReader.Failure) in Array(yaml.utf8) }
            let loader = ConfigurationLoader(types: ProbeTypes.all.map(\.check), environment: [:], files: files)
            let (configuration, diagnostics) = loader.load(CommandLineOptions(config: "allclear.yaml"))
            let found = try #require(configuration, "\(diagnostics.sorted)")
            plan = try Plan.make(found, with: Network()).get()
            board = PageBoard(plan: plan, details: [.summary, .full])
            let journal = Journal(
                checks: plan.checks.map(\.name),
                gates: plan.gates.map(\.name.description),
                logger: RecordingLog().logger
            )
            let still = ManualClock(loops: 0)
            aggregator = Aggregator(plan: plan, board: board, journal: journal, clock: still, wallClock: wallClock)
            loop = try EventLoop()
            try loop.start(named: "pair")
            aggregator.start(firstProbes: plan.checks.map { _ in loop.now }, at: loop.now)
        }

        deinit { loop.stop() }

        /// Probes every check once.
        func probe() async {
            for index in plan.checks.indices {
                let (outcome, started, finished) = await attempt(index, on: loop)
                _ = aggregator.record(
                    outcome,
                    of: index,
                    scheduled: started,
                    started: started,
                    finished: finished,
                    chance: 0
                )
            }
        }

        private func attempt(
            _ index: Int,
            on loop: isolated EventLoop
        ) async -> (ProbeOutcome, started: ContinuousClock.Instant, finished: ContinuousClock.Instant) {
            let started = loop.now
            let outcome = await plan.checks[index].probe.run(until: started + .seconds(30), on: loop)
            return (outcome, started, loop.now)
        }

        /// `200`, or `503` with the code of the reason, for each of some gates.
        func faces(_ names: String...) -> [String] {
            names.map { name in
                let gate = plan.gates.firstIndex { $0.name.description == name }!
                let page = board.page(on: .gate(gate), for: .summary, at: loop.now)
                let verdict = Judgement(of: board.snapshot, in: plan, at: loop.now).verdict(ofGate: gate)
                return ["\(page.status)", verdict.isOpen ? nil : verdict.failure?.code.description]
                    .compactMap(\.self).joined(separator: " ")
            }
        }
    }

    @Test("PostgreSQL: a promotion turns the faces at the next probe, and each probe is one login")
    func postgreSQL() async throws {
        let primary = try await PostgreSQLServer.start()
        defer { primary.stop() }
        let standby = try await primary.createStandby(.init(settings: ["log_connections = on"]))
        defer { standby.stop() }
        let login = "postgres:\(PostgreSQLServer.superuserPassword)@127.0.0.1"
        let pair = try Pair(
            """
            checks:
              one: {url: "postgres://\(login):\(primary.port)/postgres", period: 1h}
              two: {url: "postgres://\(login):\(standby.port)/postgres", period: 1h}
            gates:
              writer-one: {check: one, role: primary}
              reader-one: {check: one, role: standby}
              writer-two: {check: two, role: primary}
              reader-two: {check: two, role: standby}
              near-two: {check: two, maxLag: 1m}
              writers: {atLeast: 1, of: [{check: one, role: read-write}, {check: two, role: read-write}]}
            """
        )
        let faces = { pair.faces("writer-one", "reader-one", "writer-two", "reader-two", "near-two", "writers") }
        #expect(faces() == Array(repeating: "503 pending", count: 6))
        let caughtUp = "SELECT status FROM pg_stat_wal_receiver"
        try await eventually("a stream") { try await standby.execute(caughtUp) == "streaming" }
        let before = logins(of: standby)
        await pair.probe()
        #expect(faces() == ["200", "503 assert.wrong_role", "503 assert.wrong_role", "200", "200", "200"])
        await pair.probe()
        #expect(logins(of: standby) == before + 2)

        try await standby.promote()
        #expect(faces() == ["200", "503 assert.wrong_role", "503 assert.wrong_role", "200", "200", "200"])
        await pair.probe()
        #expect(faces() == ["200", "503 assert.wrong_role", "200", "503 assert.wrong_role", "200", "200"])
        #expect(logins(of: standby) == before + 3)
    }

    @Test("PostgreSQL: a standby that hears of no primary, or does not replay, closes its faces by lag")
    func lag() async throws {
        let primary = try await PostgreSQLServer.start()
        defer { primary.stop() }
        let standby = try await primary.createStandby()
        defer { standby.stop() }
        let pair = try Pair(
            """
            checks:
              two:
                url: "postgres://postgres:\(PostgreSQLServer.superuserPassword)@127.0.0.1:\(standby.port)/postgres"
                period: 1h
            gates: {near: {check: two, role: replica, maxLag: 1ms}, far: {check: two, maxLag: 10m}}
            """
        )
        func probed() async -> [String] {
            await pair.probe()
            return pair.faces("near", "far", "ready")
        }
        try await eventually("a replica that has caught up") { await probed() == ["200", "200", "200"] }
        try await standby.fallBehind(primary)
        try await eventually("a lag") { await probed() == ["503 assert.lagging", "200", "200"] }
        primary.shutDown(.fast)
        try await primary.waitForEnd()
        try await eventually("a lag that nobody knows") {
            await probed() == ["503 assert.lag_unknown", "503 assert.lag_unknown", "200"]
        }
    }

    @Test("Redis: REPLICAOF turns the faces at the next probe, and each probe is one connection")
    func redis() async throws {
        try await RedisServer.running { primary in
            try await RedisServer.running(.init(primary: primary)) { replica in
                try await eventually("a link") {
                    try await replica.command("INFO", "replication").contains("master_link_status:up")
                }
                let pair = try Pair(
                    """
                    checks:
                      one: {url: "redis://127.0.0.1:\(primary.port)", period: 1h}
                      two: {url: "redis://127.0.0.1:\(replica.port)", period: 1h}
                    gates:
                      writer-one: {check: one, role: primary}
                      writer-two: {check: two, role: primary}
                      reader-two: {check: two, role: replica, maxLag: 1m}
                    """
                )
                let faces = { pair.faces("writer-one", "writer-two", "reader-two", "ready") }
                // Each look at the number is a connection too.
                let before = try await connections(of: replica)
                await pair.probe()
                #expect(try await connections(of: replica) == before + 2)
                #expect(faces() == ["200", "503 assert.wrong_role", "200", "200"])

                try await replica.command("REPLICAOF", "NO", "ONE")
                try await primary.command("REPLICAOF", "127.0.0.1", "\(replica.port)")
                #expect(faces() == ["200", "503 assert.wrong_role", "200", "200"])
                await pair.probe()
                #expect(faces() == ["503 assert.wrong_role", "200", "503 assert.wrong_role", "200"])
            }
        }
    }

    @Test("Redis: a user that may not ask for the lag passes, and closes the gate that wants it")
    func redisWithoutRight() async throws {
        let users = ["user bare on >bare-word +ping"]
        try await RedisServer.running(.init(users: users)) { server in
            let pair = try Pair(
                """
                checks: {one: {url: "redis://bare:bare-word@127.0.0.1:\(server.port)", period: 1h}}
                gates: {writer: {check: one, role: primary}, near: {check: one, maxLag: 1m}}
                """
            )
            await pair.probe()
            #expect(pair.faces("ready", "writer", "near") == ["200", "200", "503 assert.lag_unknown"])
        }
    }

    private func logins(of server: PostgreSQLServer) -> Int {
        server.log.ranges(of: "connection authorized: user=postgres database=postgres application_name=allclear").count
    }

    private func connections(of server: RedisServer) async throws -> Int {
        let line = try await server.command("INFO", "stats").split(whereSeparator: \.isNewline)
            .first { $0.hasPrefix("total_connections_received:") }
        return try #require(line?.split(separator: ":").last.flatMap { Int($0) })
    }
}
