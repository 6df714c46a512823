import Foundation
import TestSupport
import Testing

/// Ten thousand requests that wait at a time, in the program. Their clients live in processes of their own, as they take
/// the descriptors that all tests of a process share.
@Suite(
    .enabled(if: hardDescriptorLimit >= 14_200, "needs 14,200 descriptors a process, more than ulimit -Hn grants"),
    .serialized,
    .timeLimit(.minutes(5))
)
struct CrowdOfWaitersTests {
    @Test(
        "Ten thousand who wait take memory within bounds and next to no time; they are let go together, and forgotten",
        .disabled(if: Executable.isSanitized, "memory and time are the sanitizer's")
    )
    func crowd() async {
        await #expect(processExitsWith: .success) {
            let port = FreePort.find()
            let gateway = try await CrowdedGateway(checking: port)
            let crowd = WaitingCrowd(of: CrowdedGateway.size, at: gateway.port)
            let start = gateway.residentBytes
            try await crowd.wait()
            #expect(gateway.residentBytes - start < 100 << 20)
            let spent = gateway.processorTime
            try await Task.sleep(for: .seconds(2))
            // What the check takes.
            #expect(gateway.processorTime - spent < 0.5)

            // Whoever asks plainly is answered all the while.
            let server = try ScriptedServer(.silent, at: .tcp(host: "127.0.0.1", port: port))
            async let answers: Void = crowd.receiveAll()
            #expect(try await gateway.longestAnswer(until: 200) < .seconds(5))
            try await answers
            try await crowd.expectWaiters(0)

            // Again on the same connections, each of which has had an answer.
            server.stop()
            _ = try await gateway.longestAnswer(until: 503)
            try await crowd.wait()
            #expect(gateway.residentBytes - start < 100 << 20)
            crowd.leave()
            try await crowd.expectWaiters(0)
            try await eventually("descriptors are back") { gateway.descriptors < 100 }
            try await eventually("memory is back") { gateway.residentBytes - start < 20 << 20 }
        }
    }

    @Test("SIGTERM answers ten thousand who wait before the gateway ends with 0")
    func terminated() async {
        await #expect(processExitsWith: .success) {
            let gateway = try await CrowdedGateway(checking: FreePort.find())
            let crowd = WaitingCrowd(of: CrowdedGateway.size, at: gateway.port)
            try await crowd.wait()
            gateway.send(signal: SIGTERM)
            try await crowd.receiveAll(503)
            #expect(try await gateway.waitForEnd() == .exited(0))
        }
    }
}

private var hardDescriptorLimit: UInt {
    var limit = rlimit()
    return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? limit.rlim_max : 0
}
