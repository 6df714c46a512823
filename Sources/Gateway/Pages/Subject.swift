/// What a page is about; positions are those of the plan.
enum Subject: Hashable, Sendable {
    case gate(Int)
    /// `/ready/NAME` of a check.
    case check(Int)
    /// `/healthz/NAME` of a check.
    case liveness(Int)
}
