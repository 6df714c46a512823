import Health
import Testing

@testable import Configuration

/// URLs as a check takes them, each loaded the whole way.
struct URLTests {
    private func url(_ text: String, _ environment: [String: String] = [:], files: [String: String] = [:]) throws
        -> ServiceURL
    {
        let (configuration, messages) = ConfigurationLoader.load(
            "checks:\n  db:\n    url: '\(text)'\n",
            environment: environment,
            files: files
        )
        let check = try #require(configuration?.checks.first, "\(messages)")
        guard case .url(let url) = check.target else { throw NoURL() }
        return url
    }

    private struct NoURL: Error {}

    @Test(
        "User, password, host, port and path are told apart",
        arguments: [
            ("postgres://db/app", "nil nil db 5432 /app"),
            ("postgresql://me@DB.Example.:6000", "me nil db.example. 6000 "),
            ("POSTGRES://me:pw@db/app?application_name=x", "me pw db 5432 /app"),
            ("postgres://me:p%40%2F%23%3F%3A%25@db/app", "me p@/#?:% db 5432 /app"),
            ("postgres://me:p:w@db/app", "me p:w db 5432 /app"),
            ("postgres://m%40e:@db/", "m@e nil db 5432 /"),
            ("redis://word@cache/0", "nil word cache 6379 /0"),
            ("redis://:word@cache", "nil word cache 6379 "),
            ("redis://me:word@[::1]:7000", "me word ::1 7000 "),
            ("redis://[fe80::1%25eth0]", "nil nil fe80::1%eth0 6379 "),
            ("postgres://%2Frun%2Fpostgresql/app", "nil nil /run/postgresql 5432 /app"),
            ("postgres://me@/app?host=/run/postgresql&port=5433", "me nil /run/postgresql 5433 /app"),
            ("postgres:///app?host=db.example", "nil nil db.example 5432 /app"),
            ("unix:///run/app.sock", "nil nil /run/app.sock nil /run/app.sock"),
            ("http+unix://%2Frun%2Fapp.sock/ping", "nil nil /run/app.sock 80 /ping"),
        ]
    )
    func parts(text: String, expected: String) throws {
        let url = try url(text)
        let password = if case .value(let secret)? = url.password { secret.reveal() } else { "nil" }
        let port = url.port.map(String.init) ?? "nil"
        #expect("\(url.user ?? "nil") \(password) \(url.socketPath ?? url.host) \(port) \(url.path)" == expected)
    }

    @Test(
        "HTTP is sent path and query as they were written, with what cannot stand there encoded",
        arguments: [
            ("http://app", "/"), ("http://app/", "/"), ("http://app/a%2Fb/c?x=1&y=%20", "/a%2Fb/c?x=1&y=%20"),
            ("http://app/a b/ü?\"", "/a%20b/%C3%BC?%22"),
            ("http://app?x", "/?x"), ("http://app/@user/x", "/@user/x"), ("http://app/?", "/?"),
        ]
    )
    func targets(text: String, expected: String) throws {
        #expect(try url(text).target == expected)
    }

    @Test("What a variable holds is taken literally, whatever it holds")
    func literalValues() throws {
        let nasty = "p@/#?:%41&=+ ü{$}"
        let url = try url("postgres://${U}:${P}@db/${D}", ["U": "a:b@c/", "P": nasty, "D": "x?y#z/../%2F"])
        #expect(url.user == "a:b@c/")
        #expect(url.password == .value(Secret(nasty)))
        #expect(url.host == "db")
        #expect(url.path == "/x?y#z/../%2F")
    }

    @Test("A variable cannot change the structure of an HTTP request")
    func literalTarget() throws {
        let url = try url(
            "http://${H}:${N}/v/${P}?q=${Q}&r=1",
            ["H": "app", "N": "8000", "P": "a/b?c#d e%", "Q": "1&x=2#/+"]
        )
        #expect(url.place == "app:8000")
        #expect(url.target == "/v/a/b%3Fc%23d%20e%25?q=1%26x%3D2%23%2F%2B&r=1")
    }

    @Test(
        "A variable in the host's place holds a host and nothing else",
        arguments: ["db@evil", "db:1", "db/x", "a,b", "", " db"]
    )
    func hostValues(host: String) {
        let (configuration, messages) = ConfigurationLoader.load(
            "checks: {db: {url: 'postgres://${H}/app'}}",
            environment: ["H": host]
        )
        #expect(configuration == nil && messages.count == 1)
    }

    @Test("A variable may hold an IPv6 address without brackets")
    func addressValue() throws {
        #expect(try url("redis://${H}:6380", ["H": "fd00::5"]).place == "[fd00::5]:6380")
    }

    @Test("A placeholder that is the whole URL is parsed after replacement, options in its fragment included")
    func wholeURL() throws {
        let (configuration, messages) = ConfigurationLoader.load(
            "checks: {db: {url: \"${DATABASE_URL}\", timeout: 1s}}",
            environment: ["DATABASE_URL": "postgres://me:p$${X}@db:6000/app#period=2s"]
        )
        let check = try #require(configuration?.checks.first, "\(messages)")
        #expect(check.targetDescription == "postgres://me:***@db:6000/app")
        #expect(check.password == .value(Secret("p$${X}")))
        #expect(check.policy.period == .seconds(2))
    }

    @Test("A URL may come from a file that NAME_FILE names")
    func urlFile() throws {
        let url = try url("${DB}", ["DB_FILE": "/s/db"], files: ["/s/db": "postgres://me:pw@db/app\n"])
        #expect(url.description == "postgres://me:***@db:5432/app")
    }

    @Test("A password that NAME_FILE names stays in its file until it is needed")
    func passwordFile() throws {
        #expect(try url("postgres://me:${PW}@db/app", ["PW_FILE": "/s/pw"]).password == .file(path: "/s/pw"))
    }

    @Test(
        "A URL's description holds no password and no query",
        arguments: [
            ("postgres://me:c4n4ry@db/app", "postgres://me:***@db:5432/app"),
            ("redis://c4n4ry@cache", "redis://:***@cache:6379"),
            ("http://app/ping?token=c4n4ry", "http://app:80/ping?…"),
            ("unix:///run/app.sock", "unix:///run/app.sock"),
            ("http+unix://%2Frun%2Fapp.sock/ping", "http+unix:///run/app.sock/ping"),
            ("redis://[::1]", "redis://[::1]:6379"),
        ]
    )
    func descriptions(text: String, expected: String) throws {
        #expect(try url(text).description == expected)
    }

    @Test("Nor what a variable put into its path")
    func variablePath() throws {
        let environment = ["TOKEN": "c4n4ry", "PAGE": "p"]
        #expect(try url("http://app/${TOKEN}/a%20b/${PAGE}", environment).description == "http://app:80/…/a b/…")
        #expect(try url("http://app/${TOKEN}", environment).target == "/c4n4ry")
    }

    @Test(
        "This machine's own addresses are known as such",
        arguments: [
            ("redis://localhost", true), ("redis://127.0.0.1", true), ("redis://127.8.9.1", true),
            ("redis://[::1]", true), ("redis://app.localhost", true),
            ("redis://[::ffff:127.0.0.1]", true), ("redis://0.0.0.0", true), ("redis://%2Frun%2Fredis.sock", true),
            ("unix:///run/x", true),
            ("redis://cache", false), ("redis://10.0.0.1", false), ("redis://127.example", false),
            ("redis://localhost.example", false), ("redis://[::2]", false),
        ]
    )
    func loopback(text: String, isLocal: Bool) throws {
        #expect(try url(text).isLocal == isLocal)
    }

    @Test("However a URL is broken, no part of its password is shown")
    func broken() {
        let text = "postgres://us%65r:qzqzqzqz@db:5432/app?sslmode=require#x"
        for index in text.indices {
            for stray in ["", "@", "/", "#", "?", "%", ":", "[", ",", "=", "&", "${", " "] {
                for rest in [text[index...], text[index...].dropFirst()] {
                    let mutant = String(text[..<index] + stray + rest)
                    let named = CommandLineOptions(checks: ["db=\(mutant)", mutant])
                    let (_, diagnostics) = ConfigurationLoader.test(["ALLCLEAR_CHECK_X": mutant]).load(named)
                    let inside = ConfigurationLoader.load("checks: {db: {url: '\(mutant)'}}").messages
                    let said = diagnostics.sorted.map(\.description).joined() + inside.joined()
                    #expect(!said.contains("qz") && !said.contains("zq"), "\(mutant)")
                }
            }
        }
    }
}
