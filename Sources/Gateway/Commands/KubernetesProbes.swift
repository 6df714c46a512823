internal import Configuration
internal import Health

/// Kubernetes probes that suit a configuration, for the container that runs the gateway.
struct KubernetesProbes {
    private let configuration: Configuration

    init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    var lines: [String] {
        guard let port = configuration.listeners.lazy.compactMap(port(of:)).first else {
            return ["# no Kubernetes probes: the kubelet asks over TCP, and no listener does"]
        }
        let slowest = configuration.checks.filter(\.policy.isRequired).map { Reaction($0.policy).detection }.max()
        let seen = (slowest ?? .zero) + .seconds(readinessPeriod)
        return [
            "# Kubernetes, in the container that runs allclear (never put /ready on a liveness probe):",
            "# startupProbe:   {httpGet: {path: /healthz, port: \(port)}, periodSeconds: 1, failureThreshold: 30}",
            "# readinessProbe: {httpGet: {path: /ready, port: \(port)}, periodSeconds: \(readinessPeriod), "
                + "timeoutSeconds: 1, failureThreshold: 1}",
            "# livenessProbe:  {httpGet: {path: /healthz, port: \(port)}, periodSeconds: 10, timeoutSeconds: 2, "
                + "failureThreshold: 6}",
            "# with them, the pod turns unready within \(DurationText.text(seen)) of a required service's failure",
        ]
    }

    /// Whole seconds; no slower than the fastest check, since /ready costs nothing.
    private var readinessPeriod: Int {
        let fastest = configuration.checks.map(\.policy.period).min() ?? .seconds(5)
        return max(1, min(5, Int(fastest / .seconds(1))))
    }

    private func port(of listener: Listener) -> UInt16? {
        guard case .tcp(let host, let port) = listener.address, port > 0 else { return nil }
        return host.map(isLoopback) == true ? nil : port
    }

    private func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}
