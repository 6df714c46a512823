import Foundation
import Health
import MicroHTTP
import TestSupport
import Testing

@testable import Gateway

@Suite("Metrics")
struct MetricsTests {
    static let yaml =
        "checks: {db: {url: 'test://db', failureThreshold: 1}, cache: {url: 'test://cache', required: false}}"

    /// Whether `promtool` is here, or must be.
    static let isPromtoolWanted: Bool = {
        let ci = ProcessInfo.processInfo.environment["CI"] ?? ""
        return Tool.find("promtool") != nil || !["", "false"].contains(ci)
    }()

    @Test(
        "promtool finds nothing wrong",
        .enabled(if: isPromtoolWanted, "needs promtool, of Debian's package prometheus")
    )
    func promtool() async throws {
        let gateway = try TestGateway(Self.yaml)
        gateway.begin()
        gateway.pass("db")
        gateway.fail("cache", .connect, .refused)
        let site = try gateway.serve()
        _ = try await site.get("/ready")
        let text = try await site.get("/metrics").text
        try await Tool.run(["promtool", "check", "metrics"], input: text)
    }

    @Test("OpenMetrics ends with # EOF, names its counters without _total, and says the same")
    func openMetrics() async throws {
        let gateway = try TestGateway(Self.yaml)
        gateway.begin()
        gateway.pass("db")
        let site = try gateway.serve()
        for accept in [
            "application/openmetrics-text", "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.2",
        ] {
            let reply = try await site.get("/metrics", ["Accept": accept])
            #expect(reply.text.hasSuffix("\n# EOF\n"))
            for line in reply.text.split(separator: "\n") where line.hasPrefix("# TYPE") {
                let words = line.split(separator: " ")
                #expect(!words[2].hasSuffix("_total"))
                if words[3] == "counter" {
                    let samples = reply.text.split(separator: "\n").filter { $0.hasPrefix(words[2]) }
                    #expect(samples.allSatisfy { $0.hasPrefix("\(words[2])_total") }, "\(words[2])")
                }
            }
        }
        #expect(!(try await site.get("/metrics").text.contains("# EOF")))
    }

    @Test("Series of checks and gates are there from the start, and no level or result adds to them")
    func fixedSeries() async throws {
        let gateway = try TestGateway(Self.yaml)
        let site = try gateway.serve()
        func series() async throws -> [Substring] {
            try await site.get("/metrics").text.split(separator: "\n")
                .filter {
                    !$0.hasPrefix("#") && !$0.hasPrefix("allclear_http") && !$0.hasPrefix("allclear_probes_total")
                }
                .map { $0[..<$0.lastIndex(of: " ")!] }
        }
        let before = try await series()
        gateway.begin()
        for reason in FailureCode.Reason.allCases {
            gateway.fail("db", .login, reason)
            gateway.pass("db")
        }
        #expect(try await series() == before)
    }

    @Test("Figures follow what happened")
    func figures() async throws {
        let gateway = try TestGateway(Self.yaml)
        gateway.begin()
        gateway.report(.passed(), of: "db", took: .milliseconds(3))
        gateway.report(.passed(), of: "db", took: .milliseconds(70))
        gateway.report(.passed(), of: "db", took: .seconds(20))
        gateway.fail("db", .connect, .refused)
        gateway.fail("db", .login, .starting)
        let site = try gateway.serve(version: "1.2.3")
        let lines = Set(try await site.get("/metrics").text.split(separator: "\n").map(String.init))
        for line in [
            #"allclear_check_up{check="db"} 0"#, #"allclear_check_level{check="db",level="fail"} 1"#,
            #"allclear_check_level{check="cache",level="pending"} 1"#, #"allclear_gate_open{gate="ready"} 0"#,
            #"allclear_gate_open{gate="startup"} 1"#, #"allclear_gate_open{gate="healthz"} 1"#,
            #"allclear_probes_total{check="db",code="pass"} 3"#,
            #"allclear_probes_total{check="db",code="connect.refused"} 1"#,
            #"allclear_probes_total{check="db",code="login.starting"} 1"#,
            #"allclear_transitions_total{check="db",to="pass"} 1"#,
            #"allclear_transitions_total{check="db",to="fail"} 1"#,
            #"allclear_probe_duration_seconds_bucket{check="db",le="0.005"} 3"#,
            #"allclear_probe_duration_seconds_bucket{check="db",le="0.1"} 4"#,
            #"allclear_probe_duration_seconds_bucket{check="db",le="10.0"} 4"#,
            #"allclear_probe_duration_seconds_bucket{check="db",le="+Inf"} 5"#,
            #"allclear_probe_duration_seconds_count{check="db"} 5"#,
            #"allclear_build_info{version="1.2.3"} 1"#, "allclear_scheduler_lag_seconds 0.0",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
    }

    @Test("The end of a certificate is told of checks that saw one, also after they fail without seeing it")
    func certificates() async throws {
        let gateway = try TestGateway(Self.yaml)
        gateway.begin()
        let site = try gateway.serve()
        func lines() async throws -> [Substring] {
            try await site.get("/metrics").text.split(separator: "\n")
                .filter { $0.contains("allclear_certificate_expiry_seconds") }
        }
        gateway.pass("db", "cache")
        #expect(try await lines().isEmpty)
        let seen = ProbeOutcome.Observation(certificateEnd: Timestamp(milliseconds: 1_900_000_000_000))
        gateway.report(.failed(ProbeFailure(FailureCode(.secure, .expiring)), seen), of: "cache")
        let sample = #"allclear_certificate_expiry_seconds{check="cache"} 1900000000"#
        #expect(try await lines().last ?? "" == sample)
        gateway.fail("cache", .connect, .refused)
        #expect(try await lines().last ?? "" == sample)
        #expect(try await lines().count == 3)
        let later = ProbeOutcome.Observation(certificateEnd: Timestamp(milliseconds: 1_950_000_000_000))
        gateway.report(.passed(later), of: "cache")
        #expect(try await lines().last ?? "" == #"allclear_certificate_expiry_seconds{check="cache"} 1950000000"#)
    }

    @Test("A label's value is escaped")
    func escaping() {
        var writer = MetricsWriter(.prometheus)
        writer.family("a", .gauge, "Help.")
        writer.sample([("label", "a\"b\\c\nd")], 1)
        #expect(String(decoding: writer.finish(), as: UTF8.self).hasSuffix("a{label=\"a\\\"b\\\\c\\nd\"} 1\n"))
    }

    @Test("The process's own figures are those of the kernel")
    func process() throws {
        let figures = ProcessFigures.now
        #expect(figures.threads >= 1)
        #expect(figures.residentBytes > 1 << 20)
        #expect(figures.virtualBytes >= figures.residentBytes)
        #expect(figures.openDescriptors >= 3)
        #expect(figures.mostDescriptors >= UInt(figures.openDescriptors))
        let age = Date().timeIntervalSince1970 - figures.startSeconds
        #expect(age > -2 && age < 24 * 3600)
        let file = try #require(FileHandle(forReadingAtPath: "/dev/null"))
        #expect(ProcessFigures.now.openDescriptors > 0)
        try file.close()
    }
}
