import TestSupport
import Testing

@Suite(.enabled(if: RealServers.areWanted([.postgreSQL]), "PostgreSQL 15 is not installed"))
struct PostgreSQLStateTests {
    @Test("try")
    func attempt() async throws {
        try await PostgreSQLServer.running { server in
            try await server.execute("CREATE ROLE plain LOGIN PASSWORD 'plain-secret'; CREATE ROLE trusted LOGIN; SET password_encryption='md5'; CREATE ROLE old LOGIN PASSWORD 'old-secret'")
            try await server.setAccess(["host all trusted all trust", "host all old all md5", "host all barred all reject", "host all cleartext all password"])
            func show(_ name: String, _ check: PostgreSQLCheck) async { print("##", name, "→", await check.sentence(within: .seconds(1))) }
            try await show("good", PostgreSQLCheck(server))
            try await show("wrong", PostgreSQLCheck(server, password: "wrong-secret"))
            try await show("none", PostgreSQLCheck(server, password: nil))
            try await show("nodb", PostgreSQLCheck(server, database: "nope"))
            try await show("nouser", PostgreSQLCheck(server, user: "nobody"))
            try await show("trust", PostgreSQLCheck(server, user: "trusted", password: nil))
            try await show("md5", PostgreSQLCheck(server, user: "old", password: "old-secret"))
            try await show("barred", PostgreSQLCheck(server, user: "barred"))
            try await show("cleartext", PostgreSQLCheck(server, user: "cleartext"))
            try await show("cleartext disable", PostgreSQLCheck(server, user: "cleartext", ["sslmode": "disable"]))
            try await show("require", PostgreSQLCheck(server, ["sslmode": "require"]))
            try await show("login false", PostgreSQLCheck(server, password: nil, ["login": "false"]))
            try await show("primary", PostgreSQLCheck(server, ["role": "primary"]))
            try await show("replica", PostgreSQLCheck(server, ["role": "replica"]))
            try await show("query", PostgreSQLCheck(server, ["query": "SELECT 3 -- three", "expect": ">= 80"]))
            try await show("query", PostgreSQLCheck(server, ["query": "SELECT 83;", "expect": ">= 80"]))
            try await show("norow", PostgreSQLCheck(server, ["query": "SELECT 83 WHERE false"]))
            try await show("notable", PostgreSQLCheck(server, ["query": "SELECT 83 FROM nope"]))
            try await show("syntax", PostgreSQLCheck(server, ["query": "SELEC"]))
            try await show("write", PostgreSQLCheck(server, ["query": "CREATE TABLE x(y int)"]))
            try await show("sleep", PostgreSQLCheck(server, ["query": "SELECT pg_sleep(10)"]))
            try await show("all", PostgreSQLCheck(server, ["query": "SELECT 1", "role": "read-write", "maxLag": "1s"]))
            try await show("copy", PostgreSQLCheck(server, ["query": "COPY pg_class TO STDOUT"]))
            try await show("big", PostgreSQLCheck(server, ["query": "SELECT generate_series(1,2000000)"]))
            server.shutDown(.fast)
            try await server.waitForEnd()
            try await show("down", PostgreSQLCheck(server))
            print(server.log)
        }
    }
}
