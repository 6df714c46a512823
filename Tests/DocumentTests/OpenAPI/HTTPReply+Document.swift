import TestSupport

extension HTTPReply {
    /// The names of the headers that an OpenAPI document is to describe, in lower case.
    var describedHeaders: Set<String> {
        Set(headers.map { $0.name.lowercased() }).subtracting(["date", "content-length", "content-type", "connection"])
    }
}
