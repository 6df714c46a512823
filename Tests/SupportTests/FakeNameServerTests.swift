import Foundation
import TestSupport
import Testing

struct FakeNameServerTests {
    /// A query for `name`; A is type 1, AAAA 28.
    private func query(_ name: String, _ type: UInt8 = 1) -> [UInt8] {
        let labels = name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        return [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + labels + [0, 0, type, 0, 1]
    }

    private func ask(_ server: FakeNameServer, _ name: String, _ type: UInt8 = 1) throws -> [UInt8] {
        let socket = try PlainSocket.datagrams(to: .loopback(server.port))
        try socket.write(query(name, type))
        return try socket.read(within: .seconds(5))
    }

    @Test("Addresses come by family, names are counted without regard to case")
    func addresses() throws {
        let server = try FakeNameServer(["db.test": .addresses("10.0.0.1", "10.0.0.2", "fd00::1")])
        let ipv4 = try ask(server, "DB.test")
        #expect(ipv4[0...1] == [0x12, 0x34])
        #expect(ipv4[6...7] == [0, 2])
        #expect(ipv4.suffix(4) == [10, 0, 0, 2])
        let ipv6 = try ask(server, "db.test", 28)
        #expect(ipv6[6...7] == [0, 1])
        #expect(ipv6.suffix(2) == [0, 1])
        #expect(server.queryCount(of: "db.test") == 2)
        #expect(server.queries.map(\.type) == [1, 28])
    }

    @Test(
        "Errors have their codes",
        arguments: [(NameAnswer.nameError, 3), (.serverFailure, 2), (.refused, 5), (.noData, 0)]
    )
    func codes(answer: NameAnswer, code: Int) throws {
        let reply = try ask(try FakeNameServer(others: answer), "x.test")
        #expect(Int(reply[3] & 0x0f) == code)
        #expect(reply[6...7] == [0, 0])
    }

    @Test("A long answer is cut over UDP and whole over TCP")
    func truncation() throws {
        let server = try FakeNameServer(["many.test": .hundred()])
        let cut = try ask(server, "many.test")
        #expect(cut[2] & 2 == 2)
        let socket = try PlainSocket.connect(to: .loopback(server.port))
        let question = query("many.test")
        try socket.write([0, UInt8(question.count)] + question)
        var whole = try socket.read(within: .seconds(5))
        while whole.count < (Int(whole[0]) << 8 | Int(whole[1])) + 2 { whole += try socket.read(within: .seconds(5)) }
        #expect(whole[8...9] == [0, 100])
        #expect(server.queries.map(\.overTCP) == [false, true])
    }

    @Test("Silence is silence, a wrong identifier is off by one, answers alternate")
    func oddities() throws {
        let server = try FakeNameServer([
            "silent.test": .silent,
            "wrong.test": .wrongIdentifier(.addresses("10.0.0.1")),
            "flap.test": .alternating([.nameError, .addresses("10.0.0.1")]),
            "half.test": .families(ipv4: .addresses("10.0.0.1"), ipv6: .serverFailure),
            "alias.test": .alias("target.test"),
            "target.test": .addresses("10.0.0.9"),
        ])
        let socket = try PlainSocket.datagrams(to: .loopback(server.port))
        try socket.write(query("silent.test"))
        #expect(throws: SystemFailure.self) { try socket.read(within: .milliseconds(100)) }
        #expect(try ask(server, "wrong.test")[1] == 0x35)
        #expect(try ask(server, "flap.test")[3] & 0x0f == 3)
        #expect(try ask(server, "flap.test")[3] & 0x0f == 0)
        #expect(try ask(server, "half.test", 28)[3] & 0x0f == 2)
        #expect(try ask(server, "half.test").suffix(4) == [10, 0, 0, 1])
        #expect(try ask(server, "alias.test").suffix(4) == [10, 0, 0, 9])
        #expect(try ask(server, "alias.test")[6...7] == [0, 2])
    }

    @Test("stop() ends a server that is about to answer slowly")
    func stops() throws {
        let server = try FakeNameServer(others: .slow(.seconds(60), .nameError))
        let socket = try PlainSocket.datagrams(to: .loopback(server.port))
        try socket.write(query("x.test"))
        server.stop()
        #expect(throws: SystemFailure.self) { try PlainSocket.connect(to: .loopback(server.port)) }
    }
}
