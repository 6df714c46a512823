import Testing

@testable import MicroHTTP

@Suite("Sockets passed by systemd")
struct SystemdSocketsTests {
    private func names(_ environment: [String: String]) -> [String] {
        SystemdSockets(environment: environment, processID: 42).names
    }

    @Test("They are counted from descriptor 3, and several may have one name")
    func descriptors() {
        let sockets = SystemdSockets(
            environment: ["LISTEN_PID": "42", "LISTEN_FDS": "3", "LISTEN_FDNAMES": "web:admin:web"],
            processID: 42
        )
        #expect(sockets.descriptors(named: "web") == [3, 5])
        #expect(sockets.descriptors(named: "admin") == [4])
        #expect(sockets.descriptors(named: "none") == [])
    }

    @Test("Sockets meant for another process are not ours")
    func otherProcess() {
        #expect(names(["LISTEN_PID": "41", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "web"]) == [])
        #expect(names(["LISTEN_FDS": "1"]) == [])
    }

    @Test("What is no number of sockets is none", arguments: ["", "0", "-1", "x", "99999999999"])
    func count(text: String) {
        #expect(names(["LISTEN_PID": "42", "LISTEN_FDS": text]) == [])
    }

    @Test("Sockets without a name are called unknown, as sd_listen_fds_with_names does")
    func nameless() {
        #expect(names(["LISTEN_PID": "42", "LISTEN_FDS": "2"]) == ["unknown", "unknown"])
        #expect(names(["LISTEN_PID": "42", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "web"]) == ["web", "unknown"])
    }
}
