import TestSupport
import Testing

/// The exit statuses of CONTRACT section 2, each on a real cause.
struct ExitStatusTests {
    @Test(
        "Help and version are results: standard output, status 0",
        arguments: [["--help"], ["--version"], ["help", "probe"]]
    )
    func help(arguments: [String]) async throws {
        let run = try await Executable.run(arguments)
        #expect(run.end == .exited(0))
        #expect(!run.output.isEmpty)
        #expect(run.errorOutput.isEmpty)
    }

    @Test(
        "Bad usage and bad configuration end with 2, and say why on standard error",
        arguments: [
            (["bogus"], "bogus"),
            (["serve", "--bogus"], "bogus"),
            ([], "nothing to check"),
            (["serve", "--config", "/nowhere/allclear.yaml"], "/nowhere/allclear.yaml"),
            (["serve", "--check", "db=nonsense://x"], "nonsense"),
            (["serve", "--check", "tcp://127.0.0.1:1", "--listen", "nonsense:x"], "--listen"),
            (["serve", "--check", "a=redis://b#passwordFile=/nowhere/secret"], "/nowhere/secret: no such file"),
            (["validate", "--config", "/nowhere/allclear.yaml"], "no such file"),
            (["explain"], "nothing to check"),
            (["discover"], "nothing to check"),
            (["discover", "--discover", "link"], "did you mean `links`?"),
            (["serve", "--discover", "links=db"], "no service `db`"),
            (["wait"], "discovery (links,urls) finds nothing"),
            (["probe"], "url"),
            (["probe", "nonsense://x"], "nonsense"),
            (["probe", "tcp://127.0.0.1:3306"], "allowAbortedConnects"),
            (["render"], "template"),
            (["render", "/nowhere/template"], "/nowhere/template: error: cannot read it: no such file"),
            (["render", "-", "--only", "A-B"], "--only: error: `A-B` is no name of a variable"),
            (["status", "--wait", "5"], "--wait: error: must be a length of time with its unit"),
            (["status", "--wait", "-5s"], "--wait"),
            (["status", "--wait=", "ready"], "--wait"),
        ]
    )
    func usage(arguments: [String], word: String) async throws {
        let run = try await Executable.run(arguments)
        #expect(run.end == .exited(2))
        #expect(run.output.isEmpty)
        #expect(run.errorOutput.contains(word), "\(run.errorOutput)")
    }

    @Test("probe ends with 0 for a pass and 1 for a failure, and prints one line")
    func probe() async throws {
        let server = try ScriptedServer(.silent)
        let passed = try await Executable.run(["probe", "tcp://\(server.address)"])
        #expect(passed.end == .exited(0))
        #expect(passed.output.contains("passed in"))
        let refused = try RefusedPort()
        let failed = try await Executable.run(["probe", "tcp://127.0.0.1:\(refused.port)"])
        #expect(failed.end == .exited(1))
        #expect(failed.output == "127.0.0.1:\(refused.port): connect.refused: Connection refused\n")
        let json = try await Executable.run(["probe", "--format", "json", "tcp://127.0.0.1:\(refused.port)"])
        #expect(json.output.hasPrefix(#"{"status":"fail","code":"connect.refused","class":"starting","#))
    }

    @Test("probe tells how long a certificate is still valid, and warns when that is not long")
    func certificate() async throws {
        let certificates = try await Certificates.make()
        let origin = try await TLSOrigin.start(certificates.server)
        let url = "tls://localhost:\(origin.port)?ca=\(certificates.authority)"
        let passed = try await Executable.run(["probe", url + "&warnDays=1", "--timeout", "30s"])
        #expect(passed.end == .exited(0))
        #expect(passed.output.hasSuffix(" ms, days left: 1\n"), "\(passed.output)")
        let warned = try await Executable.run(["probe", url, "--timeout", "30s", "--format", "json"])
        #expect(warned.end == .exited(0))
        #expect(warned.output.hasPrefix(#"{"status":"warn","code":"secure.expiring","class":"transient","#))
        #expect(warned.output.hasSuffix(#""observedValue":1,"observedUnit":"days"}"# + "\n"), "\(warned.output)")
        let failed = try await Executable.run(["probe", url + "&minDays=3", "--timeout", "30s"])
        #expect(failed.end == .exited(1))
        // Two whole days in the very second in which it was made.
        #expect(failed.output.contains(#/secure.expiring: the server's certificate has (1 day|2 days) left\n$/#))
    }

    @Test("probe takes its URL from a variable, and no output shows the password")
    func secretURL() async throws {
        let refused = try RefusedPort()
        let url = "redis://user:canary-password@127.0.0.1:\(refused.port)"
        let run = try await Executable.run(["probe", "env:CACHE_URL"], environment: ["CACHE_URL": url])
        #expect(run.end == .exited(1))
        #expect(!(run.output + run.errorOutput).contains("canary-password"))
    }

    @Test("A port that is taken is named, and nothing stays half started")
    func portTaken() async throws {
        let server = try ScriptedServer(.silent)
        let run = try await Executable.run(["serve", "--listen", "\(server.address)", "--check", "tcp://127.0.0.1:1"])
        #expect(run.end == .exited(2))
        #expect(run.errorOutput.contains("\(server.address)"))
        #expect(run.errorOutput.contains("in use"))
    }

    @Test("explain prints the configuration with all defaults, its reaction times and probes, and no secret")
    func explain() async throws {
        let run = try await Executable.run(
            ["explain"],
            environment: ["ALLCLEAR_CHECK_CACHE": "redis://user:canary-password@cache:6379#period=2s"]
        )
        #expect(run.end == .exited(0))
        for words in [
            #"url: "redis://user:***@cache:6379""#, "period: 2s", "failureThreshold: 2",
            "within 5s: 2 x period 2s + timeout 1s",
            "readinessProbe:",
        ] {
            #expect(run.output.contains(words), "\(run.output)")
        }
        #expect(!(run.output + run.errorOutput).contains("canary-password"))
    }

    @Test("explain prints conditions as the file has them, and how fast they turn their gates")
    func explainConditions() async throws {
        let folder = try TemporaryFolder("explain")
        let checks =
            "checks: {db: {url: 'postgres://a@127.0.0.1/b', period: 2s}, cache: {url: 'redis://c', required: false}}"
        let gates = """
            gates:
              writer: {check: db, role: read-write}
              near: {any: [{check: db, role: standby, maxLag: 10s}, cache, writer]}
            """
        let file = try folder.write("\(checks)\n\(gates)\n", to: "allclear.yaml")
        let run = try await Executable.run(["explain", "--config", file])
        #expect(run.end == .exited(0))
        let lines = run.output.split(separator: "\n").map(String.init)
        let remark = "  # a change of role or lag turns it within 3s"
        #expect(lines.contains("  writer: [{check: db, required: true, role: read-write}]\(remark)"))
        #expect(lines.contains("  near: {any: [{check: db, role: standby, maxLag: 10s}, cache, writer]}\(remark)"))
    }
}
