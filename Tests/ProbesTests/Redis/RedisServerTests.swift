import Health
import TestSupport
import Testing

@testable import Probes

/// The probe against a real Redis, through the states that one goes through.
@Suite(.enabled(if: RealServers.areWanted([.redis]), "redis-server is not wanted or not installed"))
struct RedisServerTests {
    @Test("Not running, ready, frozen, killed, restarted")
    func life() async throws {
        let server = try await RedisServer.prepared()
        defer { server.stop() }
        try await Bench.use { bench async throws in
            let check = #"url: "redis://127.0.0.1:\#(server.port)""#
            #expect(try await bench.code(check) == "connect.refused")
            try await server.start()
            #expect(try await bench.code(check) == nil)
            server.freeze()
            #expect(try await bench.code(check, within: .milliseconds(200)) == "exchange.timed_out")
            server.thaw()
            #expect(try await bench.code(check) == nil)
            try await server.kill9()
            #expect(try await bench.code(check) == "connect.refused")
            try await server.start()
            #expect(try await bench.code(check) == nil)
        }
    }

    @Test("Loading is never a pass, though the server already tells its role")
    func loading() async throws {
        try await RedisServer.running { server async throws in
            try await Bench.use { bench async throws in
                let check = "url: \"redis://127.0.0.1:\(server.port)\"\nrole: primary"
                try await server.startLoading()
                for _ in 0..<20 { #expect(try await bench.code(check) == "exchange.starting") }
                try await server.finishLoading()
                #expect(try await bench.code(check) == nil)
            }
        }
    }

    @Test("Passwords, users and what they may")
    func login() async throws {
        let users = [
            "user default on >open-sesame ~* +@all", "user app on >app-word ~app:* +ping +exists",
            "user bare on >bare-word -@all",
            "user gone off >gone-word +@all",
        ]
        try await RedisServer.running(.init(users: users)) { server async throws in
            try await Bench.use { bench async throws in
                func code(_ user: String, _ more: String = "") async throws -> String? {
                    try await bench.code(#"url: "redis://\#(user)127.0.0.1:\#(server.port)""# + more)
                }
                #expect(try await code("") == "login.required")
                #expect(try await code(":open-sesame@") == nil)
                #expect(try await code("open-sesame@") == nil)
                #expect(try await code("default:open-sesame@") == nil)
                #expect(try await code(":wrong@") == "login.denied")
                #expect(try await code("app:app-word@") == nil)
                #expect(try await code("app:wrong@") == "login.denied")
                #expect(try await code("gone:gone-word@") == "login.denied")
                #expect(try await code("nobody:word@") == "login.denied")
                // Without the right to PING the server is alive, and its role is still told.
                #expect(try await code("bare:bare-word@", "\nrole: primary") == nil)
                #expect(try await code("bare:bare-word@", "\nrole: replica") == "assert.wrong_role")
                #expect(try await code("app:app-word@", "\nkey: app:1") == "assert.not_found")
                #expect(try await code("app:app-word@", "\nkey: other") == "exchange.denied")
                #expect(try await code("app:app-word@", "\nmaxLag: 20s") == "exchange.denied")
            }
        }
    }

    @Test("Without a login a server that asks for one passes, and any other is asked as ever")
    func withoutLogin() async throws {
        let check = { (port: UInt16) in "url: redis://127.0.0.1:\(port)\nlogin: false" }
        try await RedisServer.running(.init(password: "open-sesame")) { server async throws in
            #expect(try await Bench.use { try await $0.code(check(server.port)) } == nil)
            server.freeze()
            let frozen = try await Bench.use { try await $0.code(check(server.port), within: .milliseconds(200)) }
            #expect(frozen == "exchange.timed_out")
            server.thaw()
        }
        try await RedisServer.running { server async throws in
            #expect(try await Bench.use { try await $0.code(check(server.port)) } == nil)
            try await server.startLoading()
            #expect(try await Bench.use { try await $0.code(check(server.port)) } == "exchange.starting")
        }
    }

    @Test("Without a login nothing else can be asked")
    func contradictions() {
        let (definition, messages) = Bench.load("url: redis://a\nlogin: false\nrole: primary\nkey: x")
        #expect(definition == nil)
        #expect(messages.count == 2 && messages.allSatisfy { $0.hasSuffix("login is false") }, "\(messages)")
    }

    @Test("A password that the server does not ask for is no harm")
    func needlessPassword() async throws {
        try await RedisServer.running { server async throws in
            try await Bench.use { bench async throws in
                #expect(try await bench.code(#"url: "redis://:word@127.0.0.1:\#(server.port)""#) == nil)
            }
        }
    }

    @Test("A password is read from its file at each attempt, and never shown")
    func passwordFile() async throws {
        let folder = try TemporaryFolder("redis-password")
        let file = try folder.write("first-word\n", to: "password")
        try await RedisServer.running(.init(password: "second-word")) { server async throws in
            try await Bench.use { bench async throws in
                let check = "url: redis://127.0.0.1:\(server.port)\npasswordFile: \(file)"
                let probe = try bench.probe(check)
                #expect(probe.secretFiles == [file])
                let failure = await bench.run(probe).failure
                #expect(failure?.code.description == "login.denied")
                #expect(failure?.sentence.contains("first-word") == false)
                try folder.write("second-word\n", to: "password")
                #expect(await bench.run(probe).failure == nil)
                folder.remove()
                #expect(await bench.run(probe).failure?.code.description == "configure.not_found")
            }
        }
    }

    @Test("Databases and keys")
    func databases() async throws {
        try await RedisServer.running { server async throws in
            try await Bench.use { bench async throws in
                let url = "redis://127.0.0.1:\(server.port)"
                try await server.command("SET", "here", "1")
                #expect(try await bench.code("url: \(url)/15") == nil)
                #expect(try await bench.code("url: \(url)/16") == "assert.not_found")
                #expect(try await bench.code("url: \(url)?db=16") == "assert.not_found")
                #expect(try await bench.code("url: \(url)\nkey: here") == nil)
                #expect(try await bench.code("url: \(url)/0\nkey: there") == "assert.not_found")
                #expect(try await bench.code("url: \(url)/1\nkey: here") == "assert.not_found")
            }
        }
    }

    @Test("A full server says so, a busy one too")
    func overloaded() async throws {
        try await RedisServer.running(.init(settings: ["maxclients 4"])) { server async throws in
            let check = #"url: "redis://127.0.0.1:\#(server.port)""#
            let crowd = try (0..<4).map { _ in try Connection(to: server.port) }
            try await eventually("a full server") { try await Bench.use { try await $0.code(check) } != nil }
            for _ in 0..<20 {
                #expect(try await Bench.use { try await $0.code(check) } == "login.overloaded")
            }
            for connection in crowd { connection.close() }
            try await eventually("room again") { try await Bench.use { try await $0.code(check) } == nil }
        }
        try await RedisServer.running { server async throws in
            try await Bench.use { bench async throws in
                try await server.startEndlessScript()
                let check = #"url: "redis://127.0.0.1:\#(server.port)""#
                #expect(try await bench.code(check) == "exchange.busy")
                try await server.endScript()
                #expect(try await bench.code(check) == nil)
            }
        }
    }

    @Test("A primary that cannot save refuses writes: for a primary no pass")
    func misconfigured() async throws {
        try await RedisServer.running { server async throws in
            try await server.command("CONFIG", "SET", "save", "3600 100000")
            try await server.command("CONFIG", "SET", "dbfilename", "dump.rdb")
            try await server.command("SET", "a", "1")
            try await breakSaving(of: server)
            try await Bench.use { bench async throws in
                let check = "url: redis://127.0.0.1:\(server.port)"
                #expect(try await bench.code(check) == "exchange.read_only")
                #expect(try await bench.code(check + "\nrole: primary") == "exchange.read_only")
            }
        }
    }

    @Test("A replica is told from a primary, before and after a failover")
    func roles() async throws {
        try await RedisServer.running { primary in
            try await RedisServer.running(.init(primary: primary)) { replica in
                try await eventually("a link") {
                    try await replica.command("INFO", "replication").contains("master_link_status:up")
                }
                try await Bench.use { bench async throws in
                    func code(_ server: RedisServer, _ options: String) async throws -> String? {
                        try await bench.code("url: redis://127.0.0.1:\(server.port)\n" + options)
                    }
                    #expect(try await code(primary, "role: primary") == nil)
                    #expect(try await code(replica, "role: replica\nmaxLag: 15s") == nil)
                    #expect(try await code(primary, "role: replica") == "assert.wrong_role")
                    #expect(try await code(replica, "role: primary") == "assert.wrong_role")
                    #expect(try await code(primary, "maxLag: 15s") == nil)

                    // The primary stops: the replica knows that it is cut off, and with no stale data it refuses.
                    primary.freeze()
                    try await eventually("a lag") { try await code(replica, "maxLag: 1s") == "assert.lagging" }
                    primary.thaw()
                    try await primary.kill9()
                    try await eventually("a cut") { try await code(replica, "maxLag: 15s") == "assert.broken" }
                    #expect(try await code(replica, "role: replica") == nil)
                    try await replica.command("CONFIG", "SET", "replica-serve-stale-data", "no")
                    #expect(try await code(replica, "role: replica") == "exchange.broken")

                    try await replica.command("REPLICAOF", "NO", "ONE")
                    #expect(try await code(replica, "role: primary") == nil)
                    #expect(try await code(replica, "role: replica") == "assert.wrong_role")
                    try await primary.start()
                    try await primary.command("REPLICAOF", "127.0.0.1", "\(replica.port)")
                    #expect(try await code(primary, "role: primary") == "assert.wrong_role")
                }
            }
        }
    }

    @Test("A cluster without all its slots answers PING and is no pass")
    func cluster() async throws {
        try await RedisServer.running(.init(cluster: true)) { server async throws in
            try await Bench.use { bench async throws in
                let check = "url: redis://127.0.0.1:\(server.port)"
                #expect(try await bench.code(check) == nil)
                #expect(try await bench.code(check + "\ncluster: true") == "assert.broken")
                #expect(try await bench.code(check + "\nkey: k") == "exchange.broken")
                try await server.takeAllSlots()
                #expect(try await bench.code(check + "\ncluster: true") == nil)
            }
        }
        try await RedisServer.running { server async throws in
            try await Bench.use { bench async throws in
                let check = "url: redis://127.0.0.1:\(server.port)\ncluster: true"
                #expect(try await bench.code(check) == "exchange.unsupported")
            }
        }
    }

    @Test("A unix socket")
    func unixSocket() async throws {
        let server = try await RedisServer.prepared()
        defer { server.stop() }
        try await Bench.use { bench async throws in
            let check = "url: \"redis+socket://\(server.unixSocketPath)?db=15\""
            #expect(try await bench.code(check) == "connect.not_found")
            try await server.start()
            #expect(try await bench.code(check) == nil)
            #expect(
                try await bench.code("url: \"redis+socket://\(server.unixSocketPath)?db=16\"") == "assert.not_found"
            )
            try await server.kill9()
            #expect(try await bench.code(check) == "connect.refused")
        }
    }

    @Test("Probes write nothing into the server's log")
    func log() async throws {
        try await RedisServer.running { server async throws in
            try await Bench.use { bench async throws in
                let probe = try bench.probe("url: redis://127.0.0.1:\(server.port)\nrole: primary\nkey: k")
                let before = server.log
                for _ in 0..<50 { _ = await bench.run(probe) }
                #expect(server.log == before)
            }
        }
    }

    /// Lets a background save fail, and waits until the server has seen it.
    private func breakSaving(of server: RedisServer) async throws {
        // A folder where the dump is to go: it cannot be replaced, not even by root.
        try await server.command("CONFIG", "SET", "dbfilename", "dump.rdb")
        let folder = try await server.command("CONFIG", "GET", "dir").split(separator: "\n").last ?? ""
        try FolderInTheWay.make("\(folder)/dump.rdb")
        try await server.command("BGSAVE")
        try await eventually("a failed save") {
            try await server.command("INFO", "persistence").contains("rdb_last_bgsave_status:err")
        }
    }
}
