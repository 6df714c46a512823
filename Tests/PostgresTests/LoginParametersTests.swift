import Testing
import Transport

@testable import Postgres

struct LoginParametersTests {
    private let parameters = LoginParameters(serverName: "db.example.", user: "someone", database: "things")

    private func value(_ name: String, _ parameters: LoginParameters, to address: Address) -> String? {
        parameters.keywords(for: address).first { $0.name == name }?.value
    }

    @Test("Every parameter that libpq would take from the environment is passed, once")
    func complete() {
        let passed = parameters.keywords(for: .ipv4([127, 0, 0, 1], port: 5432)).map(\.name)
        #expect(Set(passed).isSuperset(of: parametersWithVariable().map(\.keyword)))
        #expect(Set(passed).count == passed.count)
    }

    @Test("Over TCP the address is given as well as the name, so that nothing is looked up")
    func tcp() {
        let address = Address.ipv6(Array(repeating: 0, count: 15) + [1], port: 5433, scope: 0)
        #expect(value("hostaddr", parameters, to: address) == "::1")
        #expect(value("host", parameters, to: address) == "db.example")
        #expect(value("port", parameters, to: address) == "5433")
    }

    @Test("A unix socket is given by its folder and port")
    func unixSocket() {
        var parameters = parameters
        parameters.socketPort = 5434
        #expect(value("host", parameters, to: .unix(path: "/run/postgresql")) == "/run/postgresql")
        #expect(value("hostaddr", parameters, to: .unix(path: "/run/postgresql")) == "")
        #expect(value("port", parameters, to: .unix(path: "/run/postgresql")) == "5434")
    }

    @Test("The system's issuers are trusted exactly where a mode verifies and no others are named")
    func issuers() {
        let address = Address.ipv4([127, 0, 0, 1], port: 5432)
        for mode in LoginParameters.TLSMode.allCases {
            var parameters = parameters
            parameters.tlsMode = mode
            let verifies = mode == .verifyCA || mode == .verifyFull
            let wanted = verifies ? SystemIssuers.bundle : "/dev/null/none"
            #expect(value("sslrootcert", parameters, to: address) == wanted)
            parameters.rootCertificate = "/ca.crt"
            #expect(value("sslrootcert", parameters, to: address) == "/ca.crt")
        }
    }

    @Test("Clear text is allowed on a unix socket, and where TLS was renounced")
    func clearText() {
        let address = Address.ipv4([127, 0, 0, 1], port: 5432)
        var parameters = parameters
        #expect(!parameters.allowsClearText(to: address))
        #expect(parameters.allowsClearText(to: .unix(path: "/run/postgresql")))
        parameters.tlsMode = .allow
        #expect(!parameters.allowsClearText(to: address))
        parameters.tlsMode = .disable
        #expect(parameters.allowsClearText(to: address))
    }

    @Test("An address gets a quarter of the time, 250 ms at least, and never more than its share")
    func patience() {
        #expect(Connection.patience(.seconds(4), for: 1) == .seconds(4))
        #expect(Connection.patience(.seconds(4), for: 2) == .seconds(1))
        #expect(Connection.patience(.seconds(4), for: 8) == .milliseconds(500))
        #expect(Connection.patience(.milliseconds(800), for: 2) == .milliseconds(250))
        #expect(Connection.patience(.milliseconds(300), for: 3) == .milliseconds(100))
    }
}
