/// The answers to requests that no handler gets to see. Each closes its connection.
struct Refusals {
    private let methodNotAllowed = Page.problem(
        status: 405,
        detail: "Only GET, HEAD and OPTIONS are answered here.",
        headers: [("Allow", "GET, HEAD, OPTIONS")]
    )
    private let bodyNotAccepted = Page.problem(status: 413, detail: "No request here has a body.")
    private let codingNotAccepted = Page.problem(
        status: 400,
        detail: "No request here has a body, so none has a Transfer-Encoding."
    )
    private let malformedHead = Page.problem(
        status: 400,
        detail: "The request's head is malformed or names its host twice."
    )

    subscript(_ reason: Reason) -> Page {
        switch reason {
        case .methodNotAllowed: methodNotAllowed
        case .bodyNotAccepted: bodyNotAccepted
        case .codingNotAccepted: codingNotAccepted
        case .malformedHead: malformedHead
        }
    }

    enum Reason {
        case methodNotAllowed
        case bodyNotAccepted
        case codingNotAccepted
        case malformedHead
    }
}
