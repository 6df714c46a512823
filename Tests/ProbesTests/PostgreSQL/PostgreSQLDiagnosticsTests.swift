import Testing

struct PostgreSQLDiagnosticsTests {
    private let url = "postgres://someone:secret-word@db.example:5432/things"

    private func messages(_ url: String, _ options: [String: String] = [:]) -> [String] {
        PostgreSQLCheck.load(url, options).1
    }

    @Test("A check that verifies the server is fine")
    func fine() {
        #expect(messages(url, ["sslmode": "verify-full", "query": "SELECT 1", "expect": ">= 1"]).isEmpty)
        #expect(messages("postgresql://someone@%2Frun%2Fpostgresql/things").isEmpty)
        #expect(messages("postgres://someone:secret-word@127.0.0.1/things").isEmpty)
        #expect(messages("postgres://db.example", ["login": "false"]).isEmpty)
    }

    @Test("libpq's own spellings in a URL are understood, or mean nothing here")
    func spellings() {
        let query = "?sslmode=require&application_name=app&connect_timeout=3&target_session_attrs=read-write"
        #expect(messages(url + query).isEmpty)
    }

    @Test("A role is given once")
    func twoRoles() {
        let (definition, found) = PostgreSQLCheck.load(
            url + "?sslmode=require&target_session_attrs=any",
            ["role": "any"]
        )
        #expect(definition == nil)
        #expect(found.contains { $0.contains("target_session_attrs: says the same as role") }, "\(found)")
    }

    @Test(
        "A password that may cross the network in clear gets a warning",
        arguments: ["", "disable", "allow", "prefer"]
    )
    func clearText(mode: String) throws {
        let found = messages(url, mode.isEmpty ? [:] : ["sslmode": mode])
        let warning = try #require(found.first)
        #expect(found.count == 1 && warning.contains("warning") && warning.contains("in clear"))
        #expect(!warning.contains("secret-word"))
    }

    @Test(
        "Contradictions are errors",
        arguments: [
            (["expect": "1"], "expect: needs a query whose result it judges"),
            (["query": "SELECT 1", "expect": "~ ("], "expect: "),
            (["query": " "], "query: must not be empty"),
            (["login": "false", "role": "primary"], "role: cannot be asked without logging in"),
            (["login": "false", "query": "SELECT 1"], "query: cannot be asked without logging in"),
            (["login": "false", "maxLag": "1s"], "maxLag: cannot be asked without logging in"),
            (["sslcert": "/c.crt"], "sslcert: sslcert and sslkey go together"),
            (["sslkey": "/c.key"], "sslkey: sslcert and sslkey go together"),
        ]
    )
    func contradictions(options: [String: String], message: String) {
        let (definition, found) = PostgreSQLCheck.load(url, options.merging(["sslmode": "require"]) { $1 })
        #expect(definition == nil)
        #expect(found.contains { $0.contains("error") && $0.contains(message) }, "\(found)")
    }

    @Test("A URL without a user logs in as postgres, and says so")
    func noUser() {
        #expect(
            messages("postgres://127.0.0.1/things").contains { $0.contains("warning") && $0.contains("'postgres'") }
        )
    }
}
