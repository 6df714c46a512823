internal import Configuration

extension HTTPExpectation.Member {
    /// Reads one entry of `json`: a path, and what its value must be.
    ///
    /// - Throws: what is wrong, in words fit for a diagnostic.
    init(_ entry: NamedSecret) throws(Mistake) {
        guard let path = JSONPath(entry.name) else {
            throw Mistake(
                "'\(entry.name)' is no path into JSON, as in components.db.status or nodes[0]['disk.free']"
            )
        }
        guard case .value(let value) = entry.value else {
            throw Mistake("'\(entry.name)': the value must stand here, not in a file")
        }
        self.path = path
        self.value = try Expectation(value.reveal())
    }
}
