import Foundation
import TestSupport
import Testing

/// `status` beside a running gateway, as a container engine's health check runs it: 2 would mean something else to Docker.
struct StatusTests {
    private static let check = ["ALLCLEAR_CHECK_MAIN": "unix:///run/nobody#period=100ms"]

    @Test(
        "The first listener of the configuration is asked, over the loopback of its family",
        arguments: ["", "[::]", "0.0.0.0"]
    )
    func everywhere(_ host: String) async throws {
        let environment = Self.check.merging(["ALLCLEAR_LISTEN": "\(host):\(FreePort.find())", "ALLCLEAR_ADDRESS": ""])
        { $1 }
        let gateway = try Executable(["serve"], environment: environment)
        try await gateway.waitForLine(containing: "check changed")
        #expect(try await Executable.run(["status", "startup"], environment: environment).end == .exited(0))
        #expect(try await Executable.run(["status", "main"], environment: environment).end == .exited(1))
    }

    @Test("A listener on a unix socket is asked, in its own spelling too")
    func unixSocket() async throws {
        let folder = try TemporaryFolder("status")
        defer { folder.remove() }
        let address = "unix:\(folder.file("socket"))?mode=0600"
        let gateway = try Executable(["serve", "--listen", address], environment: Self.check)
        try await gateway.waitForLine(containing: "check changed")
        #expect(try await Executable.run(["status", "startup", "--address", address]).end == .exited(0))
    }

    @Test("Under a public name, where all detail is refused, it asks for less")
    func publicName() async throws {
        let origin = try HTTPOrigin { request in
            request.target.contains("verbose") ? .init(421) : .init(200, body: #"{"status":"pass","open":true}"#)
        }
        let run = try await Executable.run(["status", "--address", "127.0.0.1:\(origin.port)"])
        #expect(run.end == .exited(0), "\(run.errorOutput)")
    }

    @Test("What can be no name of a gate or check is bad usage", arguments: ["a?exclude=a", "a/b", "A", "-"])
    func names(_ name: String) async throws {
        let run = try await Executable.run(["status", "--address", "127.0.0.1:1", "--", name])
        #expect(run.end == .exited(2))
        #expect(run.errorOutput.contains("is no name of a gate or check"), "\(run.errorOutput)")
    }
}
