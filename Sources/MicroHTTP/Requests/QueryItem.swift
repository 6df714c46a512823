/// One `name=value` of a request's query, as the client wrote it.
package struct QueryItem: Hashable, Sendable {
    package let name: String

    /// Nil where there is no `=`.
    package let value: String?
}
