import CAllocationCounter
import MicroHTTP
import Testing

@Suite("Memory of the hot path")
struct AllocationTests {
    @Test(
        "Ten thousand requests on one connection allocate nothing",
        .enabled(if: allocation_counter_works())
    )
    func noAllocation() throws {
        let ready = Page(status: 200, contentType: "text/plain", body: Array("ready\n".utf8))
        let server = try TestServer(handler: { request in
            if request.hasPath("/ready") { return ready }
            if request.hasPath("/start") {
                allocation_counter_start()
                return ready
            }
            let count = allocation_counter_stop()
            return Page(status: 200, contentType: "text/plain", body: Array("\(count)".utf8))
        })
        let client = try server.connect()
        // The first answer has the C library learn the time zone, for its Date.
        #expect(client.get("/ready")?.status == 200)
        #expect(client.get("/start")?.status == 200)
        for _ in 0..<10_000 { try #require(client.get("/ready")?.status == 200) }
        #expect(client.get("/stop")?.body == "0")
    }

    @Test("The counter counts", .enabled(if: allocation_counter_works()))
    func counterCounts() {
        allocation_counter_start()
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 100, alignment: 8)
        let count = allocation_counter_stop()
        memory.deallocate()
        #expect(count == 1)
    }
}
