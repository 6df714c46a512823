internal import Configuration

/// Every protocol that is built in, in the order of the documentation.
///
/// A line here makes a scheme load, appear in the schema and the documentation, and enrols it in the contract tests.
package enum ProbeTypes {
    package static let all: [ProbeType] = [
        .postgreSQL,
        .redis,
        .rabbitMQ,
        .http,
        .tls,
        .tcp,
        .command,
        .file,
    ]
}

extension ProbeTypes {
    /// The type of a definition that the loader made from these types.
    package static func type(named name: String) -> ProbeType {
        guard let type = all.first(where: { $0.check.name == name }) else {
            preconditionFailure("a check of a type that is not built in: \(name)")
        }
        return type
    }
}
