import TestSupport

@testable import Transport

/// Sends a request from a loop of its own, and throws what became of it, or that something was left behind.
func send(_ request: HTTPRequest, within time: Duration = .seconds(30), names: FakeNameServer? = nil) async throws
    -> HTTPResponse
{
    let resolver = Resolver(source: names.map { .servers("127.0.0.1:\($0.port)") } ?? .system)
    let network = Network(resolver: resolver, userAgent: "allclear/1.2.3")
    return try await withLoop { loop async throws in
        try await request.send(over: network, until: loop.now + time, on: loop)
    }
}

/// The failure of a request that must fail.
func failure(of request: HTTPRequest, within time: Duration = .seconds(30), names: FakeNameServer? = nil) async throws
    -> TransportFailure?
{
    do {
        _ = try await send(request, within: time, names: names)
        return nil
    } catch let failure as TransportFailure {
        return failure
    }
}

extension HTTPOrigin {
    func url(target: String = "/") -> HTTPURL {
        HTTPURL(isSecure: false, host: "127.0.0.1", port: port, target: target)
    }
}

extension ScriptedServer {
    func url(isSecure: Bool = false) -> HTTPURL {
        HTTPURL(isSecure: isSecure, host: "127.0.0.1", port: port, target: "/")
    }
}
