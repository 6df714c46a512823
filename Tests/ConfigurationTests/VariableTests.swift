import Health
import Testing

@testable import Configuration

struct VariableTests {
    private func description(_ text: String, _ environment: [String: String] = [:]) -> String? {
        let yaml = "service: {description: '\(text)'}\nchecks: {db: {url: 'redis://db'}}\n"
        return ConfigurationLoader.load(yaml, environment: environment).configuration?.service.description
    }

    @Test(
        "Placeholders are replaced value by value",
        arguments: [
            ("${A}", "1"), ("x${A}y${B}", "x1y"), ("${C:-d}", "d"), ("${B:-d}", "d"), ("${A:-d}", "1"), ("${C:-}", ""),
            ("${A:?needed}", "1"), ("$$", "$"),
            ("$${A}", "${A}"), ("$$${A}", "$1"), ("$A $ 5$", "$A $ 5$"), ("${C:-a:-b?}", "a:-b?"), ("${D}", "${A} $$"),
            ("${C}", nil), ("${B:?needed}", nil), ("${C:?}", nil), ("${", nil), ("${}", nil), ("${A-b}", nil),
            ("${1A}", nil), ("${C:-${A}}", nil), ("${a b}", nil),
        ] as [(String, String?)]
    )
    func placeholders(text: String, expected: String?) {
        #expect(description(text, ["A": "1", "B": "", "D": "${A} $$"]) == expected)
    }

    @Test("A value cannot become structure, and its key decides what it is")
    func structure() throws {
        let (configuration, messages) = ConfigurationLoader.load(
            "service: {version: 4, name: 1.10, release: true, description: \"${X}\"}\nchecks: {db: {url: 'redis://db', period: \"${P}\", required: \"${R}\"}}",
            environment: ["X": "a\nb: [c]", "P": "7s", "R": "false"]
        )
        let loaded = try #require(configuration, "\(messages)")
        #expect(loaded.service == .init(name: "1.10", version: "4", release: "true", description: "a\nb: [c]"))
        #expect(loaded.checks[0].policy.period == .seconds(7))
        #expect(!loaded.checks[0].policy.isRequired)
    }

    @Test("For a secret NAME_FILE names the file, and an empty variable is no secret")
    func secrets() throws {
        let yaml = """
            checks:
              a: {url: "redis://a", password: "${PW}"}
              b: {url: "redis://b", passwordFile: "${DIR}/pw"}
              c: {url: "redis://c", password: "${NONE:-}"}
              d: {url: "http://d", headers: {X-Token: "${PW}", Accept: "a b"}}
            """
        let (configuration, messages) = ConfigurationLoader.load(yaml, environment: ["PW_FILE": "/s/pw", "DIR": "/s"])
        let checks = try #require(configuration?.checks, "\(messages)")
        #expect(checks[0].password == .file(path: "/s/pw"))
        #expect(checks[1].password == .file(path: "/s/pw"))
        #expect(checks[2].password == nil)
        #expect(
            checks[3].textMap("headers") == [
                NamedSecret(name: "X-Token", value: .file(path: "/s/pw")),
                NamedSecret(name: "Accept", value: .value(Secret("a b"))),
            ]
        )
    }

    @Test("NAME_FILE beside NAME is no mistake where neither a URL nor a secret is asked for")
    func unrelatedFile() {
        #expect(description("${LOG}", ["LOG": "x", "LOG_FILE": "/var/log/x"]) == "x")
    }

    @Test(
        "Kubernetes' own variables are told from checks",
        arguments: [
            ("ALLCLEAR_SERVICE_HOST", true), ("ALLCLEAR_SERVICE_PORT", true), ("ALLCLEAR_SERVICE_PORT_HTTP", true),
            ("ALLCLEAR_PORT", true),
            ("ALLCLEAR_PORT_8484_TCP", true), ("ALLCLEAR_PORT_8484_TCP_ADDR", true),
            ("ALLCLEAR_PUBLIC_PORT_53_UDP_PROTO", true), ("ALLCLEAR_CHECK_DB_SERVICE_HOST", true),
            ("ALLCLEAR_CHECK_X_PORT_5432_TCP", true), ("ALLCLEAR_CHECK_DB_PORT", true),
            ("ALLCLEAR_CHECK_X_PORT", false), ("ALLCLEAR_CHECK_DB", false),
            ("ALLCLEAR_CHECK_PORT_80", false), ("ALLCLEAR_LISTEN", false), ("ALLCLEAR_SERVICE_PORTS", false),
        ]
    )
    func kubernetes(name: String, isKubernetes: Bool) {
        #expect(OwnVariables.isKubernetes(name, in: ["ALLCLEAR_CHECK_DB_SERVICE_HOST": "10.0.0.1"]) == isKubernetes)
    }

    @Test("Dollar signs outside the file are escapes only before a brace")
    func dollars() throws {
        let (configuration, diagnostics) =
            ConfigurationLoader.test([
                "ALLCLEAR_CHECK_A": "redis://:p$$w@a", "ALLCLEAR_CHECK_B": "redis://:p$${w}@b",
                "ALLCLEAR_CHECK_C": "redis://:${PW}@c", "PW": "$$@/",
            ])
            .load()
        let checks = try #require(configuration?.checks, "\(diagnostics)")
        #expect(checks.map(\.password) == ["p$$w", "p${w}", "$$@/"].map { .value(Secret($0)) })
    }
}
