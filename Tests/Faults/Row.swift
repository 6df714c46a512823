/// One row of the fault catalogue: what is broken, and how it is shown that the gateway stands it.
struct Row: Sendable {
    /// What shows it.
    enum Proof: Sendable {
        /// The built program goes through the fault.
        case run(Run)
        /// Tests hold it steadily; their names as they stand in `@Test`.
        case tests([String])
        /// There is nothing yet that could fail.
        case notBuiltIn(String)
    }

    struct Run: Sendable {
        let needs: [Need]
        let limit: Duration
        /// Whether it measures time that other rows would take.
        let isAlone: Bool
        let body: @Sendable () async throws -> Void
    }

    /// The number in the catalogue.
    let number: Int
    let fault: String
    let proof: Proof

    /// - Parameter body: throws where the gateway falls short, `Skipped` where this machine cannot make the fault.
    static func run(
        _ number: Int,
        _ fault: String,
        needs: [Need] = [],
        within limit: Duration = .seconds(60),
        alone isAlone: Bool = false,
        _ body: @escaping @Sendable () async throws -> Void
    ) -> Row {
        Row(
            number: number,
            fault: fault,
            proof: .run(Run(needs: needs, limit: limit, isAlone: isAlone, body: body))
        )
    }

    static func held(_ number: Int, _ fault: String, by tests: String...) -> Row {
        Row(number: number, fault: fault, proof: .tests(tests))
    }

    static func notBuiltIn(_ number: Int, _ fault: String, _ what: String) -> Row {
        Row(number: number, fault: fault, proof: .notBuiltIn(what))
    }
}

/// What came of a row.
enum Verdict: Sendable {
    case passed
    case failed(String)
    case skipped(String)
    case held(by: [String])
    case notBuiltIn(String)
}

/// The gateway does not do what the catalogue demands.
struct Shortfall: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// This machine cannot make the fault.
struct Skipped: Error {
    let reason: String
}

/// Throws a `Shortfall` unless a demand is met.
func demand(_ isMet: Bool, _ complaint: @autoclosure () -> String) throws {
    if !isMet { throw Shortfall(complaint()) }
}
