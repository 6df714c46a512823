import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: RealServers.areWanted([.redis]), "\(RealServers.whyNot([.redis]))"))
struct RedisServerTests {
    @Test("A server answers commands, and after stop() neither its process nor its folder is left")
    func startsAndLeavesNothing() async throws {
        let server = try await RedisServer.start(.init(password: "secret"))
        #expect(try await server.command("SET", "a", "1") == "OK")
        #expect(try await server.command("GET", "a") == "1")
        #expect(try await server.command("NONSENSE").hasPrefix("-ERR"))
        #expect(server.processIdentifier != nil)
        server.stop()
        #expect(!FileManager.default.fileExists(atPath: server.unixSocketPath))
        #expect(throws: SystemFailure.self) { try PlainSocket.connect(to: .loopback(server.port)) }
    }

    @Test("A server loads until it is told to finish, then has its keys")
    func loading() async throws {
        try await RedisServer.running { server in
            try await server.startLoading()
            #expect(try await server.command("GET", "key:1").hasPrefix("-LOADING"))
            try await server.finishLoading()
            #expect(try await server.command("DBSIZE") == "5000")
        }
    }

    @Test("A server is busy as long as its script runs")
    func busy() async throws {
        try await RedisServer.running { server in
            try await server.startEndlessScript()
            try await server.endScript()
        }
    }

    @Test("A replica follows its primary; a cluster is down until it has its slots")
    func replicaAndCluster() async throws {
        try await RedisServer.running { primary in
            try await RedisServer.running(.init(primary: primary)) { replica in
                try await eventually("linked replica") {
                    try await replica.command("INFO", "replication").contains("master_link_status:up")
                }
            }
        }
        try await RedisServer.running(.init(cluster: true)) { node in
            #expect(try await node.command("GET", "a").hasPrefix("-CLUSTERDOWN"))
            try await node.takeAllSlots()
            #expect(try await node.command("GET", "a") == "(nil)")
        }
    }

    @Test("A killed server refuses until it is started, a frozen one is silent until it is thawed")
    func killedAndFrozen() async throws {
        try await RedisServer.running(.init(users: ["user default off", "user app on >pw ~* +@all"])) { server in
            try await server.kill9()
            #expect(throws: SystemFailure.self) { try PlainSocket.connect(to: .loopback(server.port)) }
            try await server.start()
            server.freeze()
            let socket = try PlainSocket.connect(to: .loopback(server.port))
            try socket.write(Array("PING\r\n".utf8))
            #expect(throws: SystemFailure.self) { try socket.read(within: .milliseconds(100)) }
            server.thaw()
            #expect(String(decoding: try socket.read(within: .seconds(5)), as: UTF8.self).hasPrefix("-NOAUTH"))
        }
    }
}
