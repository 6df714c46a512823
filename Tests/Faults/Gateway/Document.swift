import Foundation
import Health
import TestSupport

/// The answer of a gate, as JSON.
struct Document {
    let isOpen: Bool
    /// Of what closes the gate.
    let code: String?
    /// Those of all checks.
    let codes: [String]

    /// Nil where the answer is none.
    init?(_ reply: HTTPReply) {
        guard let root = (try? JSONSerialization.jsonObject(with: Data(reply.body))) as? [String: Any],
            let isOpen = root["open"] as? Bool
        else { return nil }
        self.isOpen = isOpen
        code = root["code"] as? String
        let checks = (root["checks"] as? [String: [[String: Any]]] ?? [:]).values.joined()
        codes = [code].compactMap(\.self) + checks.compactMap { $0["code"] as? String }
    }

    /// Whether every code is one of the contract's.
    var hasKnownCodes: Bool { codes.allSatisfy(Self.known.contains) }

    private static let known: Set<String> = {
        let codes = FailureCode.Stage.allCases.flatMap { stage in
            FailureCode.Reason.allCases.map { FailureCode(stage, $0) }
        }
        return Set((codes + [.pending, .stale, .draining]).map(\.description))
    }()
}
