import Health
import Testing

@testable import Configuration

struct OutsideURLTests {
    @Test(
        "Options follow in the fragment, separated by comma or ampersand",
        arguments: [
            ("redis://cache", "redis://cache"), ("redis://cache#", "redis://cache"),
            ("redis://cache#period=2s,required=false", "redis://cache period=2s required=false"),
            ("redis://cache#period=2s&required=false", "redis://cache period=2s required=false"),
            ("http://app/#status=200,301&body=a,b", "http://app/ status=200,301 body=a,b"),
            ("x#a=1,2,3", "x a=1,2,3"), ("x#a=b=c", "x a=b=c"), ("x#a=", "x a="), ("x#a=1,", "x a=1,"),
            ("x#body=a&b", "x body=a&b"),
            ("x#fast", nil), ("x#=1", nil), ("x#a b=1", nil), ("redis://:pa#ss@cache", nil), ("x#a=1@b", nil),
            ("x##a=1", nil),
        ] as [(String, String?)]
    )
    func fragments(text: String, expected: String?) {
        let outside = try? OutsideURL(text)
        #expect(
            outside.map { ([$0.url] + $0.items.map { "\($0.key)=\($0.value)" }).joined(separator: " ") } == expected
        )
    }

    private func check(_ argument: String, _ environment: [String: String] = [:], files: [String: String] = [:]) throws
        -> CheckDefinition
    {
        let (configuration, diagnostics) = ConfigurationLoader.test(environment, files: files)
            .load(CommandLineOptions(checks: [argument]))
        return try #require(configuration?.checks.first, "\(diagnostics.sorted)")
    }

    @Test("Values in a fragment are percent-decoded, and what a variable holds is not")
    func values() throws {
        let check = try check(
            "a=postgres://db#query=SELECT%201%2C2,expect=${E},passwordFile=/s/pw",
            ["E": "%31,required=false"]
        )
        #expect(check.text("query") == "SELECT 1,2")
        #expect(check.text("expect") == "%31,required=false")
        #expect(check.policy.isRequired)
        #expect(check.password == .file(path: "/s/pw"))
    }

    @Test("A URL may be given as env:NAME, with its own options and those of the reference")
    func reference() throws {
        let check = try check("db=env:DB#timeout=2s", ["DB": "postgres://me:p${x}@db/app#period=3s"])
        #expect(check.password == .value(Secret("p${x}")))
        #expect(check.policy.period == .seconds(3) && check.policy.timeout == .seconds(2))
        let file = try self.check("db=env:DB", ["DB_FILE": "/s/db"], files: ["/s/db": "redis://cache\n"])
        #expect(file.targetDescription == "redis://cache:6379")
    }

    @Test("A check may come from the file that its variable's _FILE names")
    func variableFile() throws {
        let (configuration, diagnostics) =
            ConfigurationLoader.test(
                ["ALLCLEAR_CHECK_MY_DB_FILE": "/s/db"],
                files: ["/s/db": "postgres://db/app#required=false\n"]
            )
            .load()
        let check = try #require(configuration?.checks.first, "\(diagnostics.sorted)")
        #expect(check.name.description == "my-db" && !check.policy.isRequired)
    }

    @Test(
        "A URL without a name is called after its host's first label",
        arguments: [
            ("redis://cache.example.org", "cache"), ("redis://my_cache", "my-cache"), ("redis://10.0.0.1", "redis"),
            ("redis://[::1]", "redis"),
            ("unix:///run/x.sock", "unix"), ("http+unix://%2Fx/", "http-unix"), ("http://app/?a=b", "app"),
            ("q=redis://cache", "q"), ("redis://x:p=w@cache", "cache"),
            ("redis://cache#period=2s", "cache"), ("http://ready/", "ready-2"), ("http://open/", "http"),
        ]
    )
    func names(argument: String, name: String) throws {
        #expect(try check(argument).name.description == name)
    }

    @Test("A name that is taken gets a number")
    func clashes() {
        let arguments = CommandLineOptions(checks: ["redis://a", "redis://a.example", "http://a/"])
        let (configuration, _) = ConfigurationLoader.test().load(arguments)
        #expect(configuration?.checks.map(\.name.description) == ["a", "a-2", "a-3"])
    }

    @Test("A probe's URL is read like a check's, and its time-out may be longer than the period")
    func probe() throws {
        let (definition, diagnostics) = ConfigurationLoader.test(["U": "redis://cache#db=3"])
            .loadCheck("env:U", timeout: "20s")
        let check = try #require(definition, "\(diagnostics.sorted)")
        #expect(check.integer("db") == 3 && check.policy.timeout == .seconds(20) && check.policy.period == .seconds(20))
        let (wrong, messages) = ConfigurationLoader.test().loadCheck("redis://cache", timeout: "20")
        #expect(wrong == nil)
        #expect(
            messages.sorted.map(\.description) == [
                "--timeout: error: must be a length of time with a unit, as in `500ms`, `5s` or `1m30s`"
            ]
        )
    }
}
