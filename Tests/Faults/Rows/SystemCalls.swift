import Foundation
import TestSupport

/// System calls that fail: row 50.
let systemCallRows: [Row] = [
    .run(50, "system calls fail: EMFILE, ECONNABORTED, EINTR, …", needs: [.tool("strace")], within: .seconds(300)) {
        let upstream = try HTTPOrigin(["/": .init(body: "pong")])
        var complaints: [String] = []
        for fault in faults {
            do { try await stand(fault, upstream) } catch let failure as Shortfall {
                complaints.append("\(fault): \(failure)")
            }
        }
        do { try await keepLinesWhole() } catch let failure as Shortfall { complaints.append("log: \(failure)") }
        try demand(complaints.isEmpty, complaints.joined(separator: "; "))
    }
]

/// Every other call fails, or every one where nothing but checks depends on it. Not `recvfrom` with EAGAIN, which would be a
/// lie about bytes that epoll(7) has told of, nor `write`, which rings the bells between threads: those never fail so. Nor
/// `epoll_ctl`: the kernel never refuses to take a descriptor out, and libmicrohttpd aborts where it does.
private let faults = [
    "accept4:error=ECONNABORTED:when=1+2", "accept4:error=EMFILE:when=1+2", "accept4:error=EINTR:when=1+2",
    "accept4:error=ENOBUFS:when=1+2", "accept4:error=ENOMEM:when=1+2", "accept4:error=EAGAIN:when=1+2",
    "epoll_pwait2:error=EINTR:when=1+2", "epoll_wait:error=EINTR:when=1+2",
    "socket:error=EMFILE", "socket:error=ENOBUFS", "connect:error=EADDRNOTAVAIL",
    "connect:error=ENOMEM", "recvfrom:error=EINTR:when=1+2",
    "recvfrom:error=ENOMEM:when=1+2", "sendto:error=EPIPE", "sendto:error=ENOBUFS", "sendto:error=EAGAIN:when=1+2",
    "sendmsg:error=EPIPE:when=1+2", "sendmsg:error=EAGAIN:when=1+2", "sendmsg:error=ENOBUFS:when=1+2",
    "getrandom:error=ENOSYS", "clone3:error=EAGAIN", "rt_sigtimedwait:error=EINTR:when=1+2", "openat:error=EMFILE",
    "getsockopt:error=ENOBUFS", "setsockopt:error=ENOBUFS", "mmap:error=ENOMEM",
]

/// Alive while calls fail, though single answers may be lost, and ready soon after.
private func stand(_ fault: String, _ upstream: HTTPOrigin) async throws {
    let check = "#period=200ms,timeout=200ms"
    let url = "http://\(upstream.address)/\(check)"
    // The pattern is matched on a thread of its own.
    let checks = ["web=\(url)", "tcp=tcp://\(upstream.address)\(check)", "pattern=\(url),body=~ p[a-z]ng"]
    try await GatewayUnderTest.run(.init(checks: checks, keeping: [upstream])) { gateway in
        gateway.watch.pause()
        let tracer = try await Tracer.failing(fault, of: gateway.process)
        defer { tracer.stop() }
        try await Task.sleep(for: .seconds(1))
        do {
            try await eventually("an answer while calls fail", within: .seconds(5)) {
                try demand(gateway.executable.process.isRunning, "it ended")
                return (try? await gateway.get("/healthz").status) == 200
            }
        } catch let late as WaitTimedOut { throw Shortfall("\(late)") }
        tracer.stop()
        try await gateway.expect("ready", "pass", within: .seconds(3))
        gateway.watch.resume()
        try await gateway.expectSteady("ready", for: .milliseconds(500))
    }
}

/// Of the log's writes every other is interrupted: no line is lost or torn.
private func keepLinesWhole() async throws {
    let isUp = Flapping()
    let upstream = try HTTPOrigin { _ in .init(isUp.next() ? 200 : 500) }
    let folder = try TemporaryFolder("log")
    let check = "web=http://\(upstream.address)/#period=100ms,timeout=100ms,failureThreshold=1"
    let setting = GatewayUnderTest.Setting(
        checks: [check],
        wrapper: ["sh", "-c", #"exec "$@" 2>"$0""#, folder.file("log")],
        startsReady: false,
        keepsLog: false,
        keeping: [upstream, folder]
    )
    try await GatewayUnderTest.run(setting) { gateway in
        gateway.watch.pause()
        let tracer = try await Tracer.failing(
            "write:error=EINTR:when=1+2",
            of: gateway.process,
            on: folder.file("log")
        )
        try await Task.sleep(for: .seconds(2))
        tracer.stop()
        gateway.watch.resume()
        try await gateway.expectSteady("healthz", for: .milliseconds(500))
        let changes = try await gateway.transitionCount()
        let lines = folder.read("log").split(separator: "\n")
        // The last may be on its way.
        let told = lines.count { $0.contains("check changed") }
        try demand(told >= changes - 1, "\(told) of \(changes) changes were told")
        try demand(lines.allSatisfy { $0.hasPrefix("20") }, "a line is torn")
    }
}
