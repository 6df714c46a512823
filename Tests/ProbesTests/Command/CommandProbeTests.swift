import Health
import TestSupport
import Testing

@testable import Probes

struct CommandProbeTests {
    @Test("Status 0 is a pass; any other end is told with the first line of the output")
    func endings() async throws {
        try await Bench.use { bench async throws in
            func sentence(_ script: String) async throws -> String? {
                try await bench.sentence("command: [/bin/sh, -c, '\(script)']")
            }
            #expect(try await sentence("echo fine; exit 0") == nil)
            #expect(try await sentence("exit 3") == "/bin/sh: run.unexpected: exit status 3")
            #expect(
                try await sentence("echo; echo no queue >&2; echo more; exit 1")
                    == "/bin/sh: run.unexpected: exit status 1: no queue"
            )
            #expect(try await sentence("kill -15 $$$$") == "/bin/sh: run.unexpected: ended by signal 15 (Terminated)")
            let long = try await sentence("head -c 5000 /dev/zero | tr \"\\\\0\" x; exit 1")
            #expect(long?.utf8.count == ProbeFailure.longestSentence)
            let dirty = try await sentence("printf \"a\\\\033[31m\\\\377b\\\\r\\\\nc\"; exit 1")
            #expect(dirty == "/bin/sh: run.unexpected: exit status 1: a [31m\u{fffd}b")
        }
    }

    @Test("What cannot be run, and what runs too long")
    func codes() async throws {
        let folder = try TemporaryFolder("command")
        let plain = try folder.write("#!/bin/sh\n", to: "plain", mode: 0o644)
        try await Bench.use { bench async throws in
            #expect(try await bench.code("command: [/no/such/program]") == "run.not_found")
            #expect(try await bench.code("command: [\(plain)]") == "run.denied")
            let sleep = "command: [/bin/sh, -c, 'sleep 100000 & wait']"
            #expect(try await bench.code(sleep, within: .milliseconds(100)) == "run.timed_out")
        }
    }

    @Test("The environment is what was configured, and its values are not shown")
    func environment() async throws {
        try await Bench.use { bench async throws in
            let probe = try bench.probe(
                """
                command: [/bin/sh, -c, 'echo "$$TOKEN/$$SHORT/$$PATH/$$KEY"; exit 1']
                env: {TOKEN: s3cret-word, SHORT: "1", PATH: /bin, KEY: "first line\nsecond line"}
                """
            )
            let sentence = await bench.run(probe).failure?.sentence
            #expect(sentence == "/bin/sh: run.unexpected: exit status 1: ***/1/***/***")
        }
    }

    @Test("Wrong names of variables are told when the configuration is read")
    func configuration() {
        #expect(
            Bench.load("command: [/bin/true]\nenv: {A=B: c}").1.first?.contains("'A=B' is no name of a variable")
                == true
        )
        #expect(Bench.load("command: [true]").1.first?.contains("absolute path") == true)
    }
}
