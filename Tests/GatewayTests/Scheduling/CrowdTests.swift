import Health
import Probes
import TestSupport
import Testing

@testable import Gateway

@Suite("Many checks", .timeLimit(.minutes(2)))
struct CrowdTests {
    @Test("Of 200 checks half hang until their deadline: the other half keep their periods to the millisecond")
    func halfHangs() async throws {
        let names = (0..<200).map { "check-\($0)" }
        let probes = Dictionary(
            uniqueKeysWithValues: names.enumerated()
                .map { index, name in
                    let loop: LoopKind = index % 4 < 2 ? .checks : .logins
                    return (
                        name,
                        index.isMultiple(of: 2) ? ScriptedProbe(.hangs, on: loop) : ScriptedProbe(.passes, on: loop)
                    )
                }
        )
        let yaml =
            "checks:\n"
            + names.map { "  \($0): {url: 'test://\($0)', period: 2s, timeout: 2s, jitter: 0%}\n" }.joined()
        try await TestGateway(yaml, probes: probes)
            .schedule { gateway in
                await gateway.clock.advance(by: .seconds(21))
                for (index, name) in names.enumerated() {
                    let probe = probes[name]!
                    #expect(probe.mostRunning == 1)
                    let starts = probe.starts(since: gateway.start)
                    #expect(starts.count == 11 - (starts[0] > 1000 ? 1 : 0), "\(name) \(starts)")
                    let isHanging = index.isMultiple(of: 2)
                    for (start, next) in zip(starts, starts.dropFirst()) {
                        // Wake-ups lie on the loop's grids: 2 ms for the first, 10 ms for those that are a period ahead.
                        let lateness = isHanging || start == starts[0] ? 0...10 : 0...0
                        #expect(lateness.contains(next - start - 2000))
                    }
                    let level = gateway.aggregator.snapshot().checks[index].level(at: gateway.now)
                    #expect(level == (isHanging ? .fail : .pass))
                }
            }
    }
}
