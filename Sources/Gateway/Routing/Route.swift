/// What a path asks for.
enum Route: Hashable, Sendable {
    case page(Subject)
    case metrics
    case openAPI
    /// `*`: what `OPTIONS *` asks for (RFC 9110 section 9.3.7), and nothing else.
    case server
}
