import Foundation
import TestSupport
import Testing

/// The libraries that only some checks need.
struct LibraryTests {
    /// Which of the libraries are mapped into the gateway; nil where nothing is known.
    private func libraries(of gateway: RunningGateway) async throws -> [String]? {
        let maps = try await Tool.run(["cat", "/proc/\(gateway.executable.process.processIdentifier)/maps"])
        guard maps.contains("/libmicrohttpd.so") else { return nil }
        return ["libpq.so.5", "libcurl.so.4"].filter { maps.contains("/\($0)") }
    }

    @Test(
        "Who has no check for it has neither libpq nor libcurl",
        arguments: [
            (["redis://127.0.0.1:1"], []), (["postgres://a@127.0.0.1:1/"], ["libpq.so.5"]),
            (["http://127.0.0.1:1/"], ["libcurl.so.4"]),
            (
                ["tcp://127.0.0.1:1", "postgres://a@127.0.0.1:1/", "https://127.0.0.1:1/"],
                ["libpq.so.5", "libcurl.so.4"]
            ),
        ]
    )
    func onlyWhatIsNeeded(urls: [String], wanted: [String]) async throws {
        let checks = urls.enumerated().map { "c\($0)=\($1)" }
        let gateway = try await RunningGateway(checks: checks)
        try await eventually("a result of each check") {
            let page = try await gateway.client.get("/ready?verbose").text
            return page.components(separatedBy: #""code":"connect.refused""#).count > urls.count + 1
        }
        #expect(try await libraries(of: gateway) == wanted)
        withExtendedLifetime(gateway) {}
    }

    @Test("What only the start ran is not in memory any more once each check has a result")
    func leanAfterStart() async throws {
        let gateway = try await RunningGateway(checks: ["cache=redis://127.0.0.1:1"])
        let process = gateway.executable.process.processIdentifier
        // It prepares itself while it is loaded, and is not called by anybody.
        try await eventually("libgnutls out of memory") {
            let mappings = try await Tool.run(["cat", "/proc/\(process)/smaps"]).components(separatedBy: "VmFlags")
            let code = try #require(mappings.first { $0.contains(" r-xp ") && $0.contains("/libgnutls.so") })
            let kilobytes = try #require(code.firstMatch(of: /\nRss: +(\d+) kB/)?.1)
            // Its constructors alone touch 500; the page that it shares with what follows may stay.
            return try #require(Int(kilobytes)) < 100
        }
        #expect(try await gateway.status(of: "/ready") == 503)
    }

    @Test(
        "A library that cannot be loaded is an error in the configuration, said at once",
        arguments: ["serve", "validate"]
    )
    func unusable(command: String) async throws {
        let folder = try TemporaryFolder("libraries")
        defer { folder.remove() }
        try folder.write("no library", to: "libpq.so.5")
        let run = try await Executable.run(
            [command, "--check", "db=postgres://a@127.0.0.1:1/", "--check", "cache=redis://127.0.0.1:1"],
            environment: ["LD_LIBRARY_PATH": folder.path]
        )
        #expect(run.end == .exited(2))
        let output = run.errorOutput
        #expect(output.contains("--check: error: checks.db: libpq.so.5 cannot be used: \(folder.path)"), "\(output)")
        #expect(output.hasSuffix("; install libpq5 of Debian 12\n"), "\(output)")
    }
}
