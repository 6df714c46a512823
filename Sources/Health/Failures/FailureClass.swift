/// What waiting can do about a failure; it sets the pace of the next attempts (CONTRACT section 7).
package enum FailureClass: String, CaseIterable, Sendable {
    /// The server is on its way up or down: asked again soon.
    case starting
    /// The server has too much to do: asked less often.
    case overloaded
    /// Waiting will not mend it, and each attempt may count toward a ban: asked ever less often.
    case permanent
    /// Everything else: asked once a period.
    case transient
}

extension FailureCode {
    package var failureClass: FailureClass {
        switch (stage, reason) {
        case (.resolve, _):
            .transient
        case (.connect, .refused), (_, .starting), (_, .recovering), (_, .stopping):
            .starting
        case (_, .overloaded), (_, .busy), (.login, .blocked):
            .overloaded
        case (.login, .denied), (.login, .notFound), (.login, .required),
            (.secure, .untrusted), (.secure, .expired), (.secure, .nameMismatch), (.secure, .required),
            (.run, .notFound), (.run, .denied):
            .permanent
        default:
            .transient
        }
    }
}
