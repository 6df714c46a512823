import BenchmarkSupport

/// One check of the gateway, and what it owes by the contract.
struct Check: Sendable {
    /// How it learns of things.
    enum Manner: String, CaseIterable {
        case held
        case fresh = "afresh each time"
    }

    static let period = Duration.seconds(1)
    static let timeout = Duration.seconds(1)
    /// Of those that log in.
    static let canary = Duration.seconds(3)
    static let canaryOption = ", canary: 3s"
    /// What a busy machine may add to each bound.
    static let margin = Duration.milliseconds(500)

    let name: String
    let url: String
    let manner: Manner
    /// Further ones, such as `, canary: 3s`.
    var options = ""
    /// What it does not see, as its question does not touch it.
    var blindTo: Set<Disturbance> = []

    /// For the gateway's file.
    var line: String { "  \(name): {url: \"\(url)\", hold: \(manner == .held)\(options)}\n" }

    /// Of all checks, for the gateway's file.
    static let configuration = "defaults: {period: 1s, timeout: 1s, failureThreshold: 1}\n"

    func demand(in disturbance: Disturbance) -> Episode.Demand {
        guard !blindTo.contains(disturbance) else { return .none }
        switch (disturbance, manner) {
        // A death is heard, whatever the period is.
        case (.killed, .held): return .fall(within: .seconds(1))
        case (.killed, .fresh), (.refused, _), (.failing, _), (.denied, .fresh):
            return .fall(within: Self.period + Self.margin)
        case (.frozen, _): return .fall(within: Self.period + Self.timeout + Self.margin)
        // Those who are in hear of it by the login beside.
        case (.denied, .held): return .fall(within: Self.canary + Self.period + Self.margin)
        case (.restarted, _): return .mayFall
        case (.stalled, _), (.dropped, _): return .none
        }
    }

    /// How soon it must hear that the server is back.
    ///
    /// - Parameter time: for how long it was away.
    func riseBound(from disturbance: Disturbance, after time: Duration) -> Duration {
        let pause: Duration =
            switch disturbance {
            // The first probe after a death may meet a server that is going, and be closed: class transient.
            case .killed, .refused, .restarted:
                time < Self.period
                    ? Self.period
                    // Class starting: ten times a second, and less often later.
                    : time < .seconds(5) ? .milliseconds(100) : time < .seconds(10) ? .milliseconds(250) : Self.period
            // Class permanent: each pause is twice the last, so as long as all before together.
            case .denied: min(time + Self.period, .seconds(30))
            case .frozen, .failing, .stalled, .dropped: Self.period
            }
        return pause + Self.margin
    }
}
