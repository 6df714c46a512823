import CAllocationCounter
import Glibc
import MicroHTTP
import Testing

/// In processes of their own, as they use up what all tests of a process share.
@Suite("Descriptors")
struct DescriptorTests {
    @Test(
        "With every descriptor used a client is served, without a spin or a flood of log lines",
        // The counter works exactly where no sanitizer does, which needs descriptors to tell its own reports apart.
        .enabled(if: allocation_counter_works(), "the sanitizer is left without descriptors")
    )
    func exhaustion() async {
        await #expect(processExitsWith: .success) {
            setDescriptorLimit(64)
            let server = try TestServer()
            let address = server.address
            let clients = (0..<3).map { _ in RawClient(unconnectedTo: address) }
            let early = try server.connect()
            #expect(early.get("/ready")?.status == 200)
            var hoard = takeAllDescriptors()

            // One is connected, idle: it has to make room.
            try clients[0].connect(to: address)
            #expect(clients[0].get("/ready")?.status == 200)
            #expect(early.readToEnd() == "")
            // Nobody is connected; one at a time can be served.
            #expect(clients[0].readToEnd() == "")
            try clients[1].connect(to: address)
            #expect(clients[1].get("/ready")?.status == 200)
            #expect(clients[1].readToEnd() == "")
            #expect(server.events.all.filter { $0 == .descriptorsExhausted(address: address) }.count == 1)

            // Nobody is connected and none can be served: the server waits without spinning.
            // Two become free: the spare one, and that of the client that was there before.
            let enough = hoard.count + 2
            while hoard.count < enough {
                hoard += takeAllDescriptors()
                sched_yield()
            }
            try clients[2].connect(to: address)
            clients[2].patience = .seconds(1)
            let before = processTime()
            clients[2].send("GET /ready HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(clients[2].receive() == .nothing)
            #expect(processTime() - before < .milliseconds(500))
            #expect(server.events.all.count < 20)

            // As soon as there is one again, it is served.
            close(hoard[0])
            clients[2].patience = .seconds(30)
            #expect(clients[2].readAnswer()?.status == 200)
        }
    }

    @Test("Where descriptors are few, connections yield to what is reserved")
    func reduction() async {
        await #expect(processExitsWith: .success) {
            setDescriptorLimit(200)
            let server = try TestServer(limits: ServerLimits(connections: 1024, reservedDescriptors: 100))
            guard case .connectionsReduced(let reduced, 1024)? = server.events.all.first else {
                Issue.record("the reduction must be logged")
                return
            }
            #expect((50..<100).contains(reduced))
            let free = takeAllDescriptors()
            for descriptor in free { close(descriptor) }
            let clients = try (0..<min(reduced, free.count / 2 - 10)).map { _ in try server.connect() }
            #expect(clients.allSatisfy { $0.get("/ready")?.status == 200 })
        }
    }

    @Test("The soft limit is raised as far as the hard one, and never lowered")
    func raise() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit(rlim_cur: 100, rlim_max: 300)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            #expect(DescriptorLimit.raise(to: 50) == 100)
            #expect(DescriptorLimit.raise(to: 200) == 200)
            #expect(DescriptorLimit.raise(to: 1_000_000) == 300)
            #expect(DescriptorLimit.current == 300)
        }
    }

    @Test("Standard streams that came closed are opened before a socket takes their place")
    func standardStreams() async {
        await #expect(processExitsWith: .success) {
            for descriptor: Int32 in 0...2 { close(descriptor) }
            StandardStreams.ensureOpen()
            for descriptor: Int32 in 0...2 { #expect(fcntl(descriptor, F_GETFD) != -1) }
            let next = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            #expect(next > 2)
            let isServing = try TestServer().isServing()
            #expect(isServing)
        }
    }
}

private func setDescriptorLimit(_ number: Int) {
    var limit = rlimit(rlim_cur: rlim_t(number), rlim_max: rlim_t(number))
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}

private func takeAllDescriptors() -> [Int32] {
    var taken: [Int32] = []
    while true {
        let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return taken }
        taken.append(descriptor)
    }
}

/// What the process has used of the processors.
private func processTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
