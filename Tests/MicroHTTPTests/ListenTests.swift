import Foundation
import Glibc
import MicroHTTP
import Testing

@Suite("Listen addresses")
final class ListenTests {
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("http-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func failure(_ address: ListenAddress, environment: [String: String] = [:]) -> ServerFailure? {
        do throws(ServerFailure) {
            _ = try TestServer([address], environment: environment)
            return nil
        } catch { return error }
    }

    @Test("An address is described as it is configured")
    func description() {
        #expect(ListenAddress.tcp(host: nil, port: 8484).description == ":8484")
        #expect(ListenAddress.tcp(host: "127.0.0.1", port: 80).description == "127.0.0.1:80")
        #expect(ListenAddress.tcp(host: "::1", port: 80).description == "[::1]:80")
        #expect(ListenAddress.unix(path: "/run/a.sock", mode: 0o660).description == "unix:/run/a.sock")
        #expect(ListenAddress.inherited(descriptor: 3).description == "fd:3")
        #expect(ListenAddress.systemd(name: "web").description == "systemd:web")
    }

    @Test("No host means IPv4 and IPv6")
    func allAddresses() throws {
        let server = try TestServer([.tcp(host: nil, port: 0)])
        guard case .tcp(nil, let port) = server.address else { fatalError("a TCP address is expected") }
        #expect(port != 0)
        for host in ["127.0.0.1", "::1"] {
            #expect(try RawClient(.tcp(host: host, port: port)).get("/ready")?.status == 200)
        }
    }

    @Test("An IPv6 address leaves the port to IPv4")
    func onlyIPv6() throws {
        let server = try TestServer([.tcp(host: "::", port: 0)])
        guard case .tcp(_, let port) = server.address else { fatalError("a TCP address is expected") }
        #expect(throws: RawClient.Refused(code: ECONNREFUSED)) { try RawClient(.tcp(host: "127.0.0.1", port: port)) }
        let both = try TestServer([.tcp(host: "0.0.0.0", port: port)])
        #expect(try RawClient(.tcp(host: "::1", port: port)).get("/ready")?.status == 200)
        #expect(try RawClient(.tcp(host: "127.0.0.1", port: port)).get("/ready")?.status == 200)
        withExtendedLifetime(both) {}
    }

    @Test("A port in use is named, and nothing is left half started")
    func portInUse() throws {
        let other = try TestServer()
        let path = "\(folder)/half.sock"
        let failure = try #require(throws: ServerFailure.self) {
            try TestServer([.unix(path: path, mode: 0o600), other.address])
        }
        #expect(failure.address == other.address)
        #expect(failure.reason == .addressInUse)
        #expect(failure.description.hasPrefix("\(other.address): the address is in use by another process"))
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(try other.isServing())
    }

    @Test("The same port is free again at once after a stop")
    func portIsReused() throws {
        var server: TestServer? = try TestServer()
        let address = try #require(server?.address)
        #expect(try server?.isServing() == true)
        server = nil
        #expect(try TestServer([address]).isServing())
    }

    @Test("An address of another machine, and a name, are told apart")
    func wrongHost() {
        #expect(failure(.tcp(host: "192.0.2.1", port: 0))?.reason == .addressNotAvailable)
        #expect(failure(.tcp(host: "localhost", port: 0))?.reason == .notNumeric)
    }

    @Test("A unix socket has its mode, serves, and is removed", arguments: [0o600, 0o660, 0o666] as [UInt16])
    func unixSocket(mode: UInt16) throws {
        let path = "\(folder)/a.sock"
        let server = try TestServer([.unix(path: path, mode: mode)])
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == Int(mode))
        let client = try server.connect()
        for _ in 0..<2 { #expect(client.get("/ready")?.status == 200) }
        server.server.stop(within: .seconds(10))
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("The socket file of a dead process is replaced, that of a live one is not")
    func staleSocket() throws {
        let path = "\(folder)/b.sock"
        let dead = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #expect(withAddress(sockaddr_un(path: path)) { bind(dead, $0, $1) } == 0)
        close(dead)

        let server = try TestServer([.unix(path: path, mode: 0o600)])
        #expect(try server.isServing())
        #expect(failure(.unix(path: path, mode: 0o600))?.reason == .addressInUse)
        #expect(try server.isServing())
    }

    @Test("A successor's socket file is left alone")
    func successorsFile() throws {
        let path = "\(folder)/c.sock"
        let old = try TestServer([.unix(path: path, mode: 0o600)])
        try FileManager.default.removeItem(atPath: path)
        let new = try TestServer([.unix(path: path, mode: 0o600)])
        old.server.stop(within: .seconds(10))
        #expect(try new.isServing())
    }

    @Test("What is wrong with a unix socket's path is said")
    func wrongPath() throws {
        let file = "\(folder)/file"
        try "kept".write(toFile: file, atomically: false, encoding: .utf8)
        #expect(failure(.unix(path: file, mode: 0o600))?.reason == .pathTaken)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "kept")
        #expect(failure(.unix(path: "\(folder)/none/a.sock", mode: 0o600))?.reason == .folderMissing)
        let long = "/" + String(repeating: "a", count: 200)
        #expect(failure(.unix(path: long, mode: 0o600))?.reason == .pathTooLong)
    }

    @Test("An inherited socket goes on listening after the server has stopped")
    func inheritedSocket() throws {
        let parent = ParentSocket()
        do {
            let server = try TestServer([.inherited(descriptor: parent.descriptor)])
            #expect(try RawClient(parent.address).get("/ready")?.status == 200)
            server.server.stop(within: .seconds(10))
        }
        let client = try RawClient(parent.address)
        let accepted = accept(parent.descriptor, nil, nil)
        #expect(accepted >= 0)
        close(accepted)
        withExtendedLifetime(client) {}
    }

    @Test("A descriptor that is no listening socket is refused")
    func wrongDescriptor() {
        let file = open("/dev/null", O_RDONLY)
        #expect(failure(.inherited(descriptor: file))?.reason == .notListening)
        close(file)
        let mute = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #expect(failure(.inherited(descriptor: mute))?.reason == .notListening)
        close(mute)
        #expect(failure(.inherited(descriptor: 987_654))?.reason == .notOpen)
    }

    @Test("A socket that systemd named is found")
    func systemdSocket() async {
        // In a process of its own: systemd passes low numbers, which beside the crowds of other tests are not to be had.
        await #expect(processExitsWith: .success) {
            let parent = ParentSocket()
            let count = Int(parent.descriptor) - 2
            let names = [String](repeating: "other", count: count - 1) + ["web"]
            let environment = [
                "LISTEN_PID": "\(getpid())", "LISTEN_FDS": "\(count)", "LISTEN_FDNAMES": names.joined(separator: ":"),
            ]
            let server = try TestServer([.systemd(name: "web")], environment: environment)
            #expect(server.address == .systemd(name: "web"))
            let answer = try RawClient(parent.address).get("/ready")
            #expect(answer?.status == 200)
            let failure = try ListenTests().failure(.systemd(name: "none"), environment: environment)
            #expect(failure?.reason == .nameNotPassed(passed: names))
        }
    }
}

/// A listening socket as a parent process would leave it open.
private final class ParentSocket {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let address: ListenAddress

    init() {
        let descriptor = descriptor
        _ = withAddress(sockaddr_in(host: "127.0.0.1", port: 0)) { bind(descriptor, $0, $1) }
        listen(descriptor, 16)
        var bound = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutableBytes(of: &bound) {
            getsockname(descriptor, $0.assumingMemoryBound(to: sockaddr.self).baseAddress!, &size)
        }
        address = .tcp(host: "127.0.0.1", port: UInt16(bigEndian: bound.sin_port))
    }

    deinit { close(descriptor) }
}
