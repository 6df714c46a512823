internal import Synchronization

/// The TLS contexts of the checks, one for all that agree on trust and identity: each holds its issuers in memory.
///
/// Their files are read once, when the first asks.
package final class TLSContexts: Sendable {
    private struct Key: Hashable {
        let trust: TLSContext.Trust
        let identity: TLSContext.Identity?
    }

    private let contexts = Mutex<[Key: TLSContext]>([:])

    package init() {}

    /// The context for a trust and an identity; to be called where blocking is allowed.
    ///
    /// - Throws: as ``TLSContext/init(trust:identity:)``.
    package func context(
        trust: TLSContext.Trust,
        identity: TLSContext.Identity?
    ) throws(TransportFailure) -> TLSContext {
        let key = Key(trust: trust, identity: identity)
        if let context = contexts.withLock({ $0[key] }) { return context }
        let made = try TLSContext(trust: trust, identity: identity)
        return contexts.withLock { contexts in
            if let other = contexts[key] { return other }
            contexts[key] = made
            return made
        }
    }
}
