import Foundation
import Synchronization
import TestSupport

/// Upstreams that are scripted: rows 11, 21 and 31; what a single probe shows is held by tests.
let upstreamRows: [Row] = [
    .run(11, "500 and 503 with script in the body") {
        let canary = "<script>alert('canary')</script>"
        let origin = try HTTPOrigin([
            "/500": .init(500, body: canary), "/503": .init(503, headers: [("X-Canary", "canary")], body: canary),
        ])
        let tempo = Tempo.usual
        let configuration = """
            defaults: {period: 400ms, timeout: 400ms}
            checks:
              a: {url: "http://\(origin.address)/500"}
              b: {url: "http://\(origin.address)/503"}

            """
        try await GatewayUnderTest.run(.init(configuration: configuration, startsReady: false, keeping: [origin])) {
            gateway in
            for name in ["a", "b"] { try await gateway.expect(name, "assert.unexpected", within: tempo.detection) }
            for target in ["/ready", "/ready?verbose", "/ready/a?verbose", "/ready?format=text", "/metrics"] {
                try demand(!(try await gateway.get(target).text.contains("canary")), "\(target) repeats the body")
            }
            try demand(!gateway.executable.errorOutput.contains("canary"), "the log repeats the body")
        }
    },
    .run(21, "flapping 1 s / 1 s") {
        let isUp = Mutex(true)
        let origin = try HTTPOrigin { _ in .init(isUp.withLock { $0 } ? 200 : 500) }
        // Two failures a period apart never come within the second that it is down.
        let check = "web=http://\(origin.address)/#period=700ms,timeout=700ms,failureThreshold=3"
        try await GatewayUnderTest.run(checks: check, keeping: origin) { gateway in
            for _ in 0..<10 {
                isUp.withLock { $0.toggle() }
                try await gateway.expectSteady("ready", for: .seconds(1))
            }
            isUp.withLock { $0 = true }
            let changes = try await gateway.transitionCount()
            try demand(changes == 1, "\(changes) changes of level, the first included")
        }
        // And where the threshold is 1, a change of the check is at most one each period.
        let quick = "web=http://\(origin.address)/#period=500ms,timeout=500ms,failureThreshold=1,jitter=0%25"
        try await GatewayUnderTest.run(checks: quick, keeping: origin) { gateway in
            for _ in 0..<10 {
                isUp.withLock { $0.toggle() }
                try await Task.sleep(for: .seconds(1))
            }
            isUp.withLock { $0 = true }
            try await gateway.expect("ready", "pass", within: .seconds(3))
            let changes = try await gateway.transitionCount()
            try demand(changes <= 12, "\(changes) changes of level in ten changes of the upstream")
        }
    },
    .run(31, "50 upstreams down at once, then up", needs: [.namespace, .tool("nft")], within: .seconds(90)) {
        let origins = try (0..<50).map { _ in try HTTPOrigin(["/": .init()]) }
        let tempo = Tempo(period: .seconds(1), timeout: .seconds(1), failureThreshold: 2)
        let checks = origins.enumerated().map { "c\($0.offset)=http://\($0.element.address)/\(tempo.options)" }
        let ports = origins.map { "\($0.port)" }.joined(separator: ", ")
        let rule = "tcp dport { \(ports) } tcp flags & (syn | ack) == syn counter name connections"
        try await PacketFilter.with(rule, in: 31) { filter in
            try await GatewayUnderTest.run(.init(checks: checks, keeping: origins)) { gateway in
                let memory = { try await gateway.metrics()["process_resident_memory_bytes"] ?? 0 }
                let before = try await memory()
                for origin in origins { origin.refuse() }
                try await gateway.expect("ready", "connect.refused", within: tempo.detection)
                // A refused check is asked fast at first (CONTRACT section 7), and once a period within 10 s.
                let first = try await mostConnections(in: filter, during: .seconds(10))
                try demand(first <= 500, "\(first) connections in the busiest second, more than 10 for each upstream")
                let settled = try await mostConnections(in: filter, during: .seconds(8))
                try demand(settled <= 100, "\(settled) connections in a second while all 50 are down")
                for origin in origins { try origin.listenAgain() }
                let risen = try await mostConnections(in: filter, during: .seconds(6))
                try demand(risen <= 100, "\(risen) connections in a second when all 50 come back")
                try await gateway.expect("ready", "pass", within: tempo.recovery)
                let after = try await memory()
                try demand(after < before + 8e6, "memory grew from \(before / 1e6) to \(after / 1e6) MB")
            }
        }
    },
]

/// The most that the filter counts within any second, looked at every 100 ms.
private func mostConnections(in filter: PacketFilter, during time: Duration) async throws -> Int {
    let end = ContinuousClock.now + time
    var samples: [(at: ContinuousClock.Instant, count: Int)] = []
    var most = 0
    while ContinuousClock.now < end {
        // Reading takes time: it is done by the clock, not by the number of samples.
        let count = try await filter.count()
        samples.append((.now, count))
        if let first = samples.last(where: { samples[samples.count - 1].at - $0.at >= .seconds(1) }) {
            let seconds = (samples[samples.count - 1].at - first.at) / .seconds(1)
            most = max(most, Int((Double(count - first.count) / seconds).rounded()))
        }
        try await Task.sleep(for: .milliseconds(100))
    }
    return most
}
