import TestSupport
import Testing

@Suite(.serialized, .enabled(if: RealServers.areWanted([.postgreSQL]), "PostgreSQL 15 is not installed"))
struct PostgreSQLSecurityTests {
    @Test("Each sslmode means what libpq's users know it to mean")
    func modes() async throws {
        let certificates = try await Certificates.make()
        let server = try await PostgreSQLServer.start(.init(certificate: certificates.server))
        defer { server.stop() }
        let (right, wrong) = (certificates.authority, certificates.otherAuthority)
        let table: [(mode: String, issuers: String?, code: String)] = [
            ("disable", nil, "passed"), ("allow", nil, "passed"), ("prefer", nil, "passed"), ("require", nil, "passed"),
            ("require", right, "passed"), ("require", wrong, "secure.untrusted"),
            ("verify-ca", right, "passed"), ("verify-ca", wrong, "secure.untrusted"),
            ("verify-ca", nil, "secure.untrusted"),
            ("verify-full", right, "passed"), ("verify-full", wrong, "secure.untrusted"),
            ("verify-full", nil, "secure.untrusted"),
        ]
        for (mode, issuers, code) in table {
            var options = ["sslmode": mode]
            options["sslrootcert"] = issuers
            #expect(try await PostgreSQLCheck(server, options).code() == code, "\(mode) with \(issuers ?? "none")")
        }
        let byName = "postgres://postgres:\(PostgreSQLServer.superuserPassword)@localhost:\(server.port)/postgres"
        let verified = try PostgreSQLCheck(byName, ["sslmode": "verify-full", "sslrootcert": right])
        #expect(await verified.code() == "passed")
    }

    @Test("What is wrong with a server's certificate has its code, as far as libpq tells")
    func certificates() async throws {
        let certificates = try await Certificates.make()
        let table: [(Certificates.Pair, full: String, issuer: String)] = [
            (certificates.wrongName, "secure.name_mismatch", "passed"),
            (certificates.expired, "secure.untrusted", "secure.untrusted"),
            (certificates.notYetValid, "secure.untrusted", "secure.untrusted"),
            (certificates.selfSigned, "secure.untrusted", "secure.untrusted"),
            (certificates.unknownIssuer, "secure.untrusted", "secure.untrusted"),
        ]
        for (pair, full, issuer) in table {
            let server = try await PostgreSQLServer.start(.init(certificate: pair))
            defer { server.stop() }
            for (mode, code) in [("verify-full", full), ("verify-ca", issuer), ("require", "passed")] {
                var options = ["sslmode": mode]
                options["sslrootcert"] = mode == "require" ? nil : certificates.authority
                #expect(try await PostgreSQLCheck(server, options).code() == code, "\(mode) with \(pair.certificate)")
            }
        }
    }

    @Test("A server's demands and our own are told apart")
    func demands() async throws {
        let certificates = try await Certificates.make()
        let access = [
            "hostssl all secure all scram-sha-256", "host all secure all reject",
            "hostnossl all plain all scram-sha-256",
            "host all plain all reject", "hostssl all clear all password", "hostssl all client all cert",
        ]
        let server = try await PostgreSQLServer.start(
            .init(
                settings: ["ssl_ca_file = '\(certificates.authority)'"],
                access: access,
                certificate: certificates.server
            )
        )
        defer { server.stop() }
        for role in ["secure", "plain", "clear", "client"] {
            try await server.execute("CREATE ROLE \(role) LOGIN PASSWORD '\(role)-secret'")
        }
        let table: [(user: String, password: String?, mode: String, code: String)] = [
            ("secure", nil, "disable", "login.denied"), ("secure", nil, "prefer", "passed"),
            ("secure", "wrong-secret", "prefer", "login.denied"), ("plain", nil, "prefer", "passed"),
            ("plain", nil, "require", "login.denied"), ("clear", nil, "prefer", "passed"),
            ("clear", "wrong-secret", "prefer", "login.denied"), ("client", nil, "require", "login.denied"),
        ]
        for (user, password, mode, code) in table {
            let secret = password ?? "\(user)-secret"
            let check = try PostgreSQLCheck(server, user: user, password: secret, ["sslmode": mode])
            #expect(await check.code() == code, "\(user) with \(secret) at \(mode)")
        }
        let own = ["sslmode": "require", "sslcert": certificates.client.certificate, "sslkey": certificates.client.key]
        #expect(try await PostgreSQLCheck(server, user: "client", password: nil, own).code() == "passed")
    }

    @Test("A certificate file that cannot be used is our failure, and named")
    func files() async throws {
        let certificates = try await Certificates.make()
        let server = try await PostgreSQLServer.start(.init(certificate: certificates.server))
        defer { server.stop() }
        let folder = try TemporaryFolder("files")
        let (junk, missing) = (try folder.write("junk", to: "junk", mode: 0o600), folder.file("missing"))
        let pair = certificates.client
        let table: [(options: [String: String], code: String, file: String)] = [
            (["sslmode": "verify-full", "sslrootcert": missing], "configure.not_found", missing),
            (["sslmode": "verify-full", "sslrootcert": junk], "configure.malformed", junk),
            (["sslcert": missing, "sslkey": pair.key], "configure.not_found", missing),
            (["sslcert": junk, "sslkey": pair.key], "configure.malformed", junk),
            (["sslcert": pair.certificate, "sslkey": missing], "configure.not_found", missing),
            (["sslcert": pair.certificate, "sslkey": junk], "configure.malformed", junk),
            (
                ["sslcert": pair.certificate, "sslkey": certificates.server.key], "configure.malformed",
                certificates.server.key
            ),
        ]
        for (options, code, file) in table {
            let sentence = try await PostgreSQLCheck(server, ["sslmode": "require"].merging(options) { $1 }).sentence()
            #expect(sentence.contains(code) && sentence.contains(file), "\(options): \(sentence)")
        }
    }
}
