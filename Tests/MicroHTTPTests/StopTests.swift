import Foundation
import Glibc
import MicroHTTP
import Testing

@Suite("The end of the server")
struct StopTests {
    @Test("After the last accept those connected are served, newcomers refused")
    func stopAccepting() throws {
        let server = try TestServer([.tcp(host: "127.0.0.1", port: 0), .tcp(host: "127.0.0.1", port: 0)])
        let addresses = server.server.boundAddresses
        let client = try server.connect()
        #expect(client.get("/ready")?.status == 200)
        server.server.stopAccepting()
        server.server.stopAccepting()
        #expect(client.get("/ready")?.status == 200)
        for address in addresses {
            #expect(throws: RawClient.Refused(code: ECONNREFUSED)) { try RawClient(address) }
        }
    }

    @Test("A stop waits for the answer that is on its way")
    func stopWaits() throws {
        let size = 32 << 20
        let server = try TestServer(handler: { _ in
            Page(status: 200, contentType: "text/plain", body: [UInt8](repeating: 0x61, count: size))
        })
        let client = try server.connect()
        client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        #expect(client.receive() == .bytes)

        let stopped = DispatchSemaphore(value: 0)
        Thread.detachNewThread { [server = server.server] in
            server.stop(within: .seconds(60))
            stopped.signal()
        }
        while !server.server.boundAddresses.isEmpty { sched_yield() }
        #expect(client.readAnswer()?.body.utf8.count == size)
        #expect(stopped.wait(timeout: .now() + 30) == .success)
    }

    @Test("A stop without patience cuts the answer short and closes idle connections")
    func stopAtOnce() throws {
        let server = try TestServer(handler: { _ in
            Page(status: 200, contentType: "text/plain", body: [UInt8](repeating: 0x61, count: 32 << 20))
        })
        let idle = try server.connect()
        let busy = try server.connect()
        busy.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(busy.receive() == .bytes)
        server.server.stop(within: .zero)
        #expect(idle.readToEnd() == "")
        #expect(busy.readAnswer() == nil)
        server.server.stop(within: .zero)
        #expect(server.server.boundAddresses.isEmpty)
    }

    @Test("A server starts and stops under load, again and again")
    func stopUnderLoad() throws {
        for _ in 0..<50 {
            let server = try TestServer()
            let address = server.address
            let done = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                while let client = try? RawClient(address) {
                    while client.get("/ready") != nil {}
                }
                done.signal()
            }
            while server.server.connections == ConnectionCounts(idle: 0, active: 0) { sched_yield() }
            server.server.stop(within: .seconds(10))
            #expect(done.wait(timeout: .now() + 30) == .success)
        }
    }

    @Test("A server that was never started can be let go")
    func neverStarted() {
        let server = Server(
            addresses: [.tcp(host: nil, port: 0)],
            log: { _ in },
            handler: { _ in .page(Page(status: 200)) }
        )
        #expect(server.boundAddresses.isEmpty)
        server.stop(within: .zero)
    }

    @Test("Pages made and dropped while they are being sent stay whole")
    func pagesUnderLoad() throws {
        let server = try TestServer(handler: { _ in
            Page(status: 200, contentType: "text/plain", body: [UInt8](repeating: 0x61, count: 3000))
        })
        let client = try server.connect()
        for _ in 0..<500 { #expect(client.get("/")?.body == String(repeating: "a", count: 3000)) }
    }
}
