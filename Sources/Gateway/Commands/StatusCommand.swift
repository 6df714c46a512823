internal import Configuration
internal import Health
internal import Probes
internal import Transport

/// `allclear status`: asks a running gateway, or waits until it says that all is well, and prints a table.
package struct StatusCommand: Sendable {
    /// Where a gateway listens unless it is told otherwise.
    private static let defaultAddress = "http://127.0.0.1:8484"

    private let name: String
    private let address: String?
    private let wait: String
    private let format: OutputFormat
    private let surroundings: Surroundings

    /// - Parameters:
    ///   - name: of a gate or a check.
    ///   - address: of the gateway; nil to ask `ALLCLEAR_ADDRESS`, then the configuration that `serve` would use.
    ///   - wait: for how long at most, as text, `60s`.
    package init(
        name: String,
        address: String?,
        wait: String,
        format: OutputFormat,
        in surroundings: Surroundings
    ) {
        self.name = name
        self.address = address
        self.wait = wait
        self.format = format
        self.surroundings = surroundings
    }

    /// Call it on the program's first thread, before any other is there.
    package func run() -> ExitStatus {
        let named = surroundings.environment["ALLCLEAR_ADDRESS"].flatMap { $0.isEmpty ? nil : $0 }
        let address = address ?? named ?? configuredAddress ?? Self.defaultAddress
        guard CheckName(name) != nil else {
            surroundings.complain("allclear: error: '\(name.oneLine(atMost: 80))' is no name of a gate or check")
            return .usage
        }
        guard let wait = surroundings.duration(wait, "--wait") else { return .usage }
        guard let request = request(to: address, for: path) else {
            surroundings.complain("allclear: error: \(address) is no address of a gateway, as http://127.0.0.1:8484")
            return .usage
        }
        // Without a wait they end the program as any other.
        let signals = wait > .zero ? TerminationSignals() : nil
        let inquiry = StatusInquiry(request: request, network: surroundings.makeNetwork())
        do throws(TransportFailure) {
            let loop = try EventLoop()
            try loop.start(named: "status")
            defer { loop.stop() }
            let end = RootTask(on: loop) {
                guard let signals else { return await inquiry.ask(on: loop) }
                return await inquiry.ask(until: loop.now + wait, or: signals, on: loop)
            }
            .wait()
            switch end {
            case .answered(let response): return report(response, otherwise: wait > .zero ? .timedOut : .failure)
            case .stopped(let signal): return signal == .interrupt ? .interrupted : .terminated
            case .unanswered(let failure): throw failure
            }
        } catch {
            // Not `usage`: a gateway that does not answer is not ready, and Docker reserves 2.
            surroundings.complain(
                "allclear: no answer from \(address): \(error.stage.rawValue).\(error.reason.rawValue)"
            )
            return wait > .zero ? .timedOut : .failure
        }
    }

    /// - Parameter closed: how the program ends where the answer is that what was asked for is closed.
    private func report(_ response: HTTPResponse, otherwise closed: ExitStatus) -> ExitStatus {
        let status: ExitStatus = response.status == 200 ? .success : response.status < 500 ? .failure : closed
        let text = String(decoding: response.body, as: UTF8.self)
        guard format == .text, let document = JSONParser.value(in: response.body) else {
            surroundings.print(text.hasSuffix("\n") ? String(text.dropLast()) : text)
            return status
        }
        if let problem = document["detail"]?.text {
            surroundings.complain("allclear: error: \(name): \(problem)")
        } else {
            for line in StatusTable(document).lines { surroundings.print(line) }
        }
        return status
    }

    private func request(to address: String, for target: String) -> HTTPRequest? {
        let isURL = address.contains("://")
        let socket = ["http+unix://", "unix://", "unix:"].first { address.hasPrefix($0) }
        if let socket {
            // A listener's spelling may go on with `?mode=0660`.
            let path = address.dropFirst(socket.count).prefix { $0 != "?" }.replacing("%2F", with: "/")
                .replacing("%2f", with: "/")
            let url = HTTPURL(isSecure: false, host: "localhost", port: 80, target: target)
            return HTTPRequest(url: url, socketPath: String(path))
        }
        let base = HTTPURL(isSecure: false, host: "localhost", port: 80, target: "/")
        guard let named = base.redirected(to: isURL ? address : "http://\(address)"), !named.isSecure else {
            return nil
        }
        return HTTPRequest(url: HTTPURL(isSecure: false, host: named.host, port: named.port, target: target))
    }

    private var path: String {
        ["ready", "startup", "healthz"].contains(name) ? "/\(name)" : "/ready/\(name)"
    }

    /// The first listener of the configuration that can be asked from here.
    private var configuredAddress: String? {
        surroundings.loader.load().0?.listeners.lazy
            .compactMap { listener -> String? in
                switch listener.address {
                case .tcp(let host, let port):
                    // All addresses of a family are asked by its loopback; without a host it is both families.
                    let name = host.map { ["0.0.0.0": "127.0.0.1", "::": "::1"][$0] ?? $0 } ?? "127.0.0.1"
                    return "http://\(name.contains(":") ? "[\(name)]" : name):\(port)"
                case .unix(let path, _): return "unix:\(path)"
                case .inherited, .systemd: return nil
                }
            }
            .first
    }
}
