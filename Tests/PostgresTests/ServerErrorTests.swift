import Testing

@testable import Postgres

struct ServerErrorTests {
    private static let place = "connection to server at \"127.0.0.1\", port 5432 failed: "

    @Test("The code and the message are read in any language")
    func anyLanguage() {
        let german = ServerError(
            in: Self.place + "FATAL:  57P03: das Datenbanksystem startet\nORT:  X, postmaster.c:1\n"
        )
        #expect(german == ServerError(sqlState: "57P03", message: "das Datenbanksystem startet"))
        let chinese = ServerError(in: Self.place + "致命错误:  28P01: 用户 \"a\" Password 认证失败\n")
        #expect(chinese?.sqlState == "28P01")
        #expect(german?.description == "57P03 das Datenbanksystem startet")
    }

    @Test("Where TLS and no TLS were both refused, the telling refusal counts, whichever came first")
    func twoAttempts() {
        let denied = Self.place + "FATAL:  28P01: password authentication failed for user \"a\"\n"
        let noEntry = Self.place + "FATAL:  28000: no pg_hba.conf entry for host, no encryption\n"
        #expect(ServerError(in: denied + noEntry)?.sqlState == "28P01")
        #expect(ServerError(in: noEntry + denied)?.sqlState == "28P01")
        #expect(ServerError(in: noEntry + noEntry)?.sqlState == "28000")
    }

    @Test(
        "What libpq says itself is no word of a server's",
        arguments: [
            "", "\n", place + "Connection refused\n\tIs the server running on that host?\n",
            place + "fe_sendauth: no password supplied\n", place + "FATAL:  sorry, too many clients already\n",
            "server closed the connection unexpectedly\n\tThis probably means:  AAAA\n",
        ]
    )
    func noWord(text: String) {
        #expect(ServerError(in: text) == nil)
    }
}
