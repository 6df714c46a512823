/// A check's URL, and what else it says.
struct ParsedURL: Sendable {
    struct QueryItem: Hashable, Sendable {
        let name: String
        let value: String
    }

    let type: CheckType
    let url: ServiceURL
    /// Decoded; empty where the query belongs to the request.
    let query: [QueryItem]
    /// Whether the password stands in the text as it was written.
    let hasWrittenPassword: Bool
}
