/// What one run of the gateway shall do: the file, the variables and the command line in one valid value.
package struct Configuration: Sendable {
    /// Where to answer; never empty.
    package let listeners: [Listener]
    package let service: ServiceIdentity
    /// Names under which people may open the pages, in lower case (DNS rebinding, CONTRACT section 6).
    package let hosts: [String]
    package let drain: Drain
    package let limits: Limits
    /// What discovery found, then in the order of the file, of the variables (sorted by name) and of the command line; never
    /// empty.
    package let checks: [CheckDefinition]
    /// `ready`, `startup`, `healthz`, then the user's own in the order of the file.
    ///
    /// Rules refer to ``checks`` and to this list by position.
    package let gates: [GateDefinition]
    package let logLevel: LogLevel
    package let logFormat: LogFormat
    /// The path of the file that was read, as given; nil for none.
    package let file: String?

    /// What the answers say of the service that the gateway stands for; nil is left out.
    package struct ServiceIdentity: Hashable, Sendable {
        package var name: String?
        package var version: String?
        package var release: String?
        package var description: String?
    }

    /// How the gateway leaves (CONTRACT section 8).
    package struct Drain: Hashable, Sendable {
        /// Serving goes on for this long after SIGTERM.
        package var delay: Duration = .seconds(1)
        /// Everything is over this long after the signal.
        package var timeout: Duration = .seconds(5)
    }

    /// What readers may use up.
    package struct Limits: Hashable, Sendable {
        package var connections = 1024
        package var waiters = 256
        /// The longest `wait=` that is granted.
        package var wait: Duration = .seconds(300)

        /// How many answers are really held back: probes must find connections that nobody waits on.
        package var mostHeld: Int { min(waiters, connections - connections / 4) }
    }
}

/// From which weight on events are logged; the names are swift-log's.
package enum LogLevel: String, CaseIterable, Sendable {
    case trace
    case debug
    case info
    case notice
    case warning
    case error
    case critical
}

/// How an event is written to stderr.
package enum LogFormat: String, CaseIterable, Sendable {
    case text
    case json
}
