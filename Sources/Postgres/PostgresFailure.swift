package import Transport

/// Why a conversation with a server came to nothing.
package enum PostgresFailure: Error, Hashable, Sendable {
    /// The server said no, while we logged in or after.
    case server(ServerError, at: TransportFailure.Stage)
    /// It did not come to an answer, or libpq would not take it.
    case transport(TransportFailure)
}

extension PostgresFailure {
    static func timedOut(at stage: TransportFailure.Stage) -> PostgresFailure {
        .transport(TransportFailure(stage, .timedOut))
    }

    static func cancelled(at stage: TransportFailure.Stage) -> PostgresFailure {
        .transport(TransportFailure(stage, .closed, "cancelled"))
    }
}
