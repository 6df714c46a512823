/// How far one service had come when, on its way up: the startup timeline of `allclear wait`.
///
/// Times since the beginning of the wait, at which an attempt first showed it; nil for what none has shown yet.
package struct Milestones: Hashable, Sendable {
    /// Its name had an address.
    package private(set) var resolved: Duration?
    /// Its port accepted a connection.
    package private(set) var opened: Duration?
    /// It spoke its protocol, if only to say that it is starting.
    package private(set) var answered: Duration?
    /// It was as it shall be, passing as a rule, and has been since.
    package private(set) var passed: Duration?
    /// How many attempts were made.
    package private(set) var probes = 0

    package init() {}

    /// When it first spoke, or else when somebody first listened there.
    var spoken: Duration? { answered ?? opened }

    /// Takes in what an attempt showed that ended after this time.
    ///
    /// - Parameter isAsWanted: whether the check is as it shall be, by all its results.
    mutating func note(_ outcome: ProbeOutcome, isAsWanted: Bool, at time: Duration) {
        probes += 1
        let depth = Depth(outcome)
        if depth >= .resolved, resolved == nil { resolved = time }
        if depth >= .opened, opened == nil { opened = time }
        if depth >= .answered, answered == nil { answered = time }
        passed = isAsWanted ? passed ?? time : nil
    }
}

/// How far an attempt came.
private enum Depth: Comparable {
    case nothing
    case resolved
    case opened
    case answered

    init(_ outcome: ProbeOutcome) {
        guard let code = outcome.failure?.code else {
            self = .answered
            return
        }
        self =
            switch code.stage {
            case nil, .resolve, .configure: .nothing
            case .connect: .resolved
            case .secure, .login, .exchange: Self.wordless.contains(code.reason) ? .opened : .answered
            case .assert: .answered
            case .run: code.failureClass == .permanent ? .nothing : .answered
            }
    }

    /// What tells that nobody there spoke the protocol. A proxy accepts a connection before its server does, and closes it.
    private static let wordless: Set<FailureCode.Reason> = [.refused, .unreachable, .timedOut, .closed, .malformed]
}
