import Configuration
import Health
import TestSupport
import Testing
import Transport

@testable import Probes

/// A check whose URL names several servers.
struct AnyServerTests {
    private func code(_ places: [String], within patience: Duration = .seconds(20)) async throws -> String {
        try await PostgreSQLCheck("postgres://someone@\(places.joined(separator: ","))/things").code(within: patience)
    }

    @Test("It passes with any server that does, wherever that stands in the list")
    func any() async throws {
        let server = try ScriptedServer(.postgres())
        let refused = try RefusedPort()
        let places = ["127.0.0.1:\(refused.port)", "\(server.address)"]
        #expect(try await code(places) == "passed")
        #expect(try await code(places.reversed()) == "passed")
    }

    @Test("What it keeps is the connection to the server that passed")
    func held() async throws {
        let server = try ScriptedServer(.postgres())
        let refused = try RefusedPort()
        let check = try PostgreSQLCheck("postgres://someone@127.0.0.1:\(refused.port),\(server.address)/things")
        #expect(await pings(check.probe, on: check.loop) == [.answered(.passed()), .answered(.passed())])
        #expect(server.acceptedCount == 1)
    }

    @Test("One that is silent leaves the others their share of the time")
    func silent() async throws {
        let silent = try ScriptedServer(.silent)
        let server = try ScriptedServer(.postgres())
        #expect(try await code(["\(silent.address)", "\(server.address)"], within: .seconds(6)) == "passed")
        #expect(silent.acceptedCount == 1)
    }

    @Test("Where none passes, what waiting may mend is told first, else what the first said")
    func failures() async throws {
        let refusing = try ScriptedServer(.postgresNoDatabase)
        let denying = try ScriptedServer(.postgresRefusing("28P01", "password authentication failed"))
        let starting = try ScriptedServer(.postgresStarting)
        #expect(try await code(["\(refusing.address)", "\(starting.address)"]) == "login.starting")
        #expect(try await code(["\(starting.address)", "\(refusing.address)"]) == "login.starting")
        #expect(try await code(["\(denying.address)", "\(refusing.address)"]) == "login.denied")
    }

    @Test("Its password file is read for each server, and watched once")
    func secretFiles() throws {
        let probe = try PostgreSQLCheck("postgres://a@b,c/d", ["passwordFile": "/run/secret"]).probe
        #expect(probe.secretFiles == ["/run/secret"])
        #expect(probe.loop == .logins)
    }

    @Test(
        "The spellings that libraries have for a scheme are understood",
        arguments: [
            ("postgresql+asyncpg://u@db/x", "postgres"), ("postgres+psycopg://u@db/x", "postgres"),
            ("postgis://u@db/x", "postgres"), ("pgsql://u@db/x", "postgres"),
            ("jdbc:postgresql://db/x?user=u", "postgres"), ("pyamqp://u:p@mq/x", "amqp"),
            ("librabbitmq://u:p@mq/x", "amqp"), ("redis+sentinel://s/x", nil), ("jdbc:mysql://db/x", nil),
            ("http+x://a/", nil),
        ] as [(String, String?)]
    )
    func spellings(url: String, type: String?) {
        #expect(Bench.load("url: \(url)").0?.type.name == type)
    }
}

/// Opens a connection to be kept and asks over it twice.
private func pings(_ probe: any Probe, on loop: isolated EventLoop) async -> [PingAnswer] {
    let connection = await probe.openStepwise(on: loop)
    var answers: [PingAnswer] = []
    while let connection, answers.count < 2 {
        answers.append(await connection.ping(until: loop.now + .seconds(30), on: loop))
    }
    return answers
}
