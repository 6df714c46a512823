import Testing
import Transport

@testable import Postgres

struct FailureTextTests {
    private static let place = "connection to server at \"127.0.0.1\", port 5432 failed: "

    @Test(
        "What libpq finds itself gets a code",
        arguments: [
            (
                "Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?",
                "connect.refused"
            ),
            ("No route to host\n\tIs the server running?", "connect.unreachable"),
            ("Network is unreachable", "connect.unreachable"),
            ("Connection timed out", "connect.timed_out"),
            ("No such file or directory\n\tIs the server running locally?", "connect.not_found"),
            ("Permission denied", "connect.denied"),
            ("server closed the connection unexpectedly\n\tThis probably means", "login.closed"),
            ("could not receive data from server: Connection reset by peer", "login.closed"),
            ("SSL SYSCALL error: EOF detected", "secure.closed"),
            ("SSL SYSCALL error: Connection reset by peer", "secure.closed"),
            ("server does not support SSL, but SSL was required", "secure.unsupported"),
            ("SSL error: certificate verify failed", "secure.untrusted"),
            ("server certificate for \"a\" does not match host name \"b\"", "secure.name_mismatch"),
            ("SSL error: tlsv13 alert certificate required", "secure.required"),
            ("SSL error: tlsv1 alert unknown ca", "secure.denied"),
            ("SSL error: wrong version number", "secure.malformed"),
            ("root certificate file \"/ca.crt\" does not exist", "configure.not_found"),
            ("could not read root certificate file \"/ca.crt\": no start line", "configure.malformed"),
            ("private key file \"/k\" has group or world access; file must have permissions", "configure.denied"),
            ("received invalid response to SSL negotiation: H", "login.malformed"),
            ("expected authentication request from server, but received H", "login.malformed"),
            ("authentication method 9 not supported", "login.unsupported"),
            ("something that nobody knows", "login.unexpected"),
        ]
    )
    func login(text: String, code: String) {
        let failure = TransportFailure(loginText: Self.place + text + "\n", isEncrypted: false)
        #expect("\(failure.stage.rawValue).\(failure.reason.rawValue)" == code)
        #expect(failure.detail == text.prefix { $0 != "\n" })
    }

    @Test("Of two attempts the last one counts")
    func lastAttempt() {
        let text = Self.place + "SSL error: certificate verify failed\n" + Self.place + "Connection refused\n"
        #expect(TransportFailure(loginText: text, isEncrypted: false).stage == .connect)
    }

    @Test(
        "An exchange that breaks off was closed, or not understood",
        arguments: [
            ("server closed the connection unexpectedly\n\tThis", TransportFailure.Reason.closed),
            ("could not receive data from server: Connection timed out", .timedOut),
            ("lost synchronization with server: got message type \"x\", length 1", .malformed),
            ("", .closed),
        ]
    )
    func exchange(text: String, reason: TransportFailure.Reason) {
        let failure = TransportFailure(exchangeText: text)
        #expect(failure.stage == .exchange && failure.reason == reason)
    }
}
