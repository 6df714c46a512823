import Foundation
import Health
import MicroHTTP
import Probes
import TestSupport
import Testing
import Transport

@testable import Gateway

@Suite("Secret files of a refused check", .timeLimit(.minutes(1)))
struct SecretFileTests {
    static let yaml = "checks: {db: {url: 'test://db', period: 10s, timeout: 500ms, jitter: 0%}}"
    static let denied = ScriptedProbe.Step.fails(FailureCode(.login, .denied))

    /// Moves on second by second; between two the side threads' work is awaited in real time, which the clock does not
    /// know of.
    private static func advance(_ gateway: TestGateway, seconds: Int) async throws {
        for _ in 0..<seconds {
            await gateway.clock.advance(by: .seconds(1))
            try await Self.settle(gateway)
        }
    }

    /// Waits until no stat of a side thread is under way: it would end 500 ms from now, a pause a second from now.
    private static func settle(_ gateway: TestGateway) async throws {
        try await eventually("only a pause is left on the loop") {
            await gateway.clock.waitUntilAsleep()
            return gateway.clock.nextTimer.map { gateway.now.duration(to: $0) > .milliseconds(600) } ?? false
        }
    }

    @Test("A changed file ends the pause within a second")
    func changed() async throws {
        let folder = try TemporaryFolder("secret")
        let file = try folder.write("wrong", to: "password")
        let probe = ScriptedProbe(Self.denied, .passes, secretFiles: [file])
        try await TestGateway(Self.yaml, probes: ["db": probe])
            .schedule { gateway in
                try await Self.settle(gateway)
                try await Self.advance(gateway, seconds: 3)
                #expect(probe.starts(since: gateway.start) == [0])
                try folder.write("right", to: "password")
                try await Self.advance(gateway, seconds: 1)
                #expect(probe.starts(since: gateway.start) == [0, 4000])
                #expect(gateway.page("ready").status == 200)
            }
    }

    @Test("A file that comes to be, or is replaced as a mounted secret is, ends the pause too")
    func replaced() async throws {
        let folder = try TemporaryFolder("secret")
        let file = folder.file("password")
        let probe = ScriptedProbe(Self.denied, Self.denied, .passes, secretFiles: [file])
        try await TestGateway(Self.yaml, probes: ["db": probe])
            .schedule { gateway in
                try await Self.settle(gateway)
                try folder.write("a", to: "password")
                try await Self.advance(gateway, seconds: 1)
                #expect(probe.starts(since: gateway.start) == [0, 1000])
                try folder.write("b", to: "other")
                try FileManager.default.removeItem(atPath: file)
                try FileManager.default.moveItem(atPath: folder.file("other"), toPath: file)
                try await Self.advance(gateway, seconds: 1)
                #expect(probe.starts(since: gateway.start) == [0, 1000, 2000])
            }
    }

    @Test("A file that stays as it is leaves the pace alone: a period, then twice as long")
    func unchanged() async throws {
        let folder = try TemporaryFolder("secret")
        let file = try folder.write("wrong", to: "password")
        let probe = ScriptedProbe(Self.denied, secretFiles: [file])
        try await TestGateway(Self.yaml, probes: ["db": probe])
            .schedule { gateway in
                try await Self.settle(gateway)
                try await Self.advance(gateway, seconds: 31)
                #expect(probe.starts(since: gateway.start) == [0, 10_000, 30_000])
            }
    }

    @Test("A file system that does not answer is no change, and does not hold the next probe up")
    func silentFileSystem() async throws {
        // No side thread is left for a stat.
        let sideThreads = SideThreads(limit: 0)
        let probe = ScriptedProbe(Self.denied, secretFiles: ["/run/secrets/password"])
        try await TestGateway(Self.yaml, probes: ["db": probe])
            .schedule(sideThreads: sideThreads) { gateway in
                await gateway.clock.advance(by: .seconds(31))
                #expect(probe.starts(since: gateway.start) == [0, 10_000, 30_000])
            }
    }

    @Test("Other failures do not look at the files")
    func otherFailures() async throws {
        let folder = try TemporaryFolder("secret")
        let file = try folder.write("a", to: "password")
        let probe = ScriptedProbe(.fails(FailureCode(.exchange, .timedOut)), secretFiles: [file])
        try await TestGateway(Self.yaml, probes: ["db": probe])
            .schedule { gateway in
                try folder.write("bb", to: "password")
                await gateway.clock.advance(by: .seconds(10))
                #expect(probe.starts(since: gateway.start) == [0, 10_000])
            }
    }
}
