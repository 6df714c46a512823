import Health
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// FAULTS row 42: somebody sets the machine's clock.
struct ClockJumpTests {
    private static let hour = Duration.seconds(3600)

    @Test(
        "A clock that jumps changes no level, no gate and no pace; only timestamps follow it",
        arguments: [hour, hour * -1, hour * 24 * 10, hour * -24 * 3652]
    )
    func jump(by shift: Duration) async throws {
        let probe = ScriptedProbe(.passes)
        let yaml = "checks: {db: {url: 'test://db', period: 5s, timeout: 1s, jitter: 0%}}"
        let gateway = try TestGateway(yaml, probes: ["db": probe])
        try await gateway.schedule { gateway in
            await gateway.clock.advance(by: .seconds(6))
            gateway.log.clear()
            gateway.clockShift.amount.withLock { $0 = shift }
            await gateway.clock.advance(by: .seconds(20))

            #expect(probe.starts(since: gateway.start) == [0, 5000, 10_000, 15_000, 20_000, 25_000])
            #expect(gateway.log.lines.isEmpty)
            let snapshot = gateway.aggregator.snapshot()
            #expect(snapshot.checks[0].level(at: gateway.now) == .pass)
            // Wake-ups lie on the loop's grid of 2 ms.
            let expected = TestGateway.epoch + 25_000 + Int64(shift / .milliseconds(1))
            let lastPass = try #require(snapshot.checks[0].lastPass?.milliseconds)
            #expect((expected...(expected + 2)).contains(lastPass))

            let site = try gateway.serve()
            #expect(try await site.status("/ready") == 200)
            #expect(try await site.status("/healthz") == 200)
            let metrics = try await site.client().get("/metrics").text
            for line in metrics.split(separator: "\n") where !line.hasPrefix("#") {
                let value = try #require(line.split(separator: " ").last.flatMap { Double($0) }, "\(line)")
                #expect(value >= 0, "\(line)")
            }
        }
    }
}
