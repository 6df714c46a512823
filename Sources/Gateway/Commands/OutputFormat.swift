/// How a command writes its results.
package enum OutputFormat: String, CaseIterable, Sendable {
    /// For people.
    case text
    /// One object, for machines.
    case json
}
