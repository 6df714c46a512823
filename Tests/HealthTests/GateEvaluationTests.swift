import Health
import Testing

@Suite("Gates")
struct GateEvaluationTests {
    /// Checks by their levels: `+` pass, `!` warn, `-` fail, `?` pending.
    static func evaluation(_ levels: String, optional: Set<Int> = [], rules: [GateRule] = []) -> GateEvaluation {
        let levels = levels.map { sign -> Level in
            switch sign {
            case "+": .pass
            case "!": .warn
            case "?": .pending
            default: .fail
            }
        }
        return GateEvaluation(
            levels: levels,
            replication: { _ in nil },
            isRequired: levels.indices.map { !optional.contains($0) },
            rules: rules
        )
    }

    static func all(_ checks: Int...) -> GateRule { GateRule(.all, of: checks.map { .init(.check($0)) }) }
    static func any(_ checks: Int...) -> GateRule { GateRule(.any, of: checks.map { .init(.check($0)) }) }
    static func atLeast(_ number: Int, _ checks: Int...) -> GateRule {
        GateRule(.atLeast(number), of: checks.map { .init(.check($0)) })
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let rule: GateRule
        let levels: String
        let optional: Set<Int>
        let status: GateEvaluation.Status
        let cause: Int?

        var testDescription: String { "\(rule.quorum) over \(levels), optional \(optional.sorted())" }

        init(
            _ rule: GateRule,
            _ levels: String,
            optional: Set<Int> = [],
            _ status: GateEvaluation.Status,
            cause: Int? = nil
        ) {
            self.rule = rule
            self.levels = levels
            self.optional = optional
            self.status = status
            self.cause = cause
        }
    }

    static let rows = [
        Row(all(0, 1), "++", .pass),
        Row(all(0, 1), "+-", .fail, cause: 1),
        Row(all(0, 1), "+?", .fail, cause: 1),
        Row(all(0, 1), "+!", .warn, cause: 1),
        Row(all(0, 1, 2), "!--", .fail, cause: 1),
        // The rule's order decides, not the configuration's.
        Row(all(1, 0), "--", .fail, cause: 1),
        // Optional checks never close a gate.
        Row(all(0, 1), "+-", optional: [1], .warn, cause: 1),
        Row(all(0, 1), "+?", optional: [1], .warn, cause: 1),
        Row(all(0, 1), "--", optional: [0, 1], .warn, cause: 0),
        Row(all(0, 1), "-+", optional: [1], .fail, cause: 0),
        // The first cause is that of a required one.
        Row(all(0, 1), "--", optional: [0], .fail, cause: 1),
        Row(any(0, 1), "++", .pass),
        Row(any(0, 1), "-+", .warn, cause: 0),
        Row(any(0, 1), "-!", .warn, cause: 0),
        Row(any(0, 1), "--", .fail, cause: 0),
        // Optional checks do not count in any and atLeast.
        Row(any(0, 1), "-+", optional: [1], .fail, cause: 0),
        Row(any(0, 1), "+-", optional: [1], .warn, cause: 1),
        Row(atLeast(2, 0, 1, 2), "+++", .pass),
        Row(atLeast(2, 0, 1, 2), "+-+", .warn, cause: 1),
        Row(atLeast(2, 0, 1, 2), "+--", .fail, cause: 1),
        Row(atLeast(2, 0, 1, 2), "++-", optional: [1], .fail, cause: 2),
        Row(atLeast(2, 0, 1, 2), "+?!", .warn, cause: 1),
        // Nothing to ask.
        Row(GateRule(.all, of: []), "-", .pass),
    ]

    @Test("A rule is judged by its required entries, and warns of whatever else is not well", arguments: rows)
    func table(row: Row) {
        let verdict = Self.evaluation(row.levels, optional: row.optional).verdict(of: row.rule)
        #expect(verdict.status == row.status)
        #expect(verdict.cause == row.cause)
    }

    @Test("An entry may require an optional check, or make a required one optional, for its gate alone")
    func override() {
        let strict = GateRule(.all, of: [.init(.check(0), isRequired: true)])
        #expect(Self.evaluation("-", optional: [0]).verdict(of: strict).status == .fail)
        let lenient = GateRule(.all, of: [.init(.check(0), isRequired: false)])
        #expect(Self.evaluation("-").verdict(of: lenient).status == .warn)
    }

    @Test("A nested gate counts as one entry, with the cause that closes it")
    func nesting() {
        let nested = [Self.all(0, 1), Self.any(2, 3)]
        let rule = GateRule(.atLeast(1), of: [.init(.gate(0)), .init(.gate(1))])
        func verdict(_ levels: String) -> GateEvaluation.Verdict {
            Self.evaluation(levels, rules: nested).verdict(of: rule)
        }
        #expect(verdict("++++").status == .pass)
        #expect(verdict("+-++").status == .warn)
        #expect(verdict("+-++").cause == 1)
        #expect(verdict("+---").status == .fail)
        #expect(verdict("+---").cause == 1)
        // Three entries of one gate open do not make two gates.
        let both = GateRule(.atLeast(2), of: [.init(.gate(0)), .init(.gate(1))])
        #expect(Self.evaluation("++--", rules: nested).verdict(of: both).status == .fail)
    }

    @Test("A check that is left out is not asked of the rule, at any depth")
    func exclude() {
        let nested = [Self.all(1, 2)]
        let rule = GateRule(.all, of: [.init(.check(0)), .init(.gate(0))])
        let evaluation = Self.evaluation("+-+", rules: nested)
        #expect(evaluation.verdict(of: rule).status == .fail)
        #expect(evaluation.verdict(of: rule, excluding: [1]).status == .pass)
        #expect(evaluation.verdict(of: rule, excluding: [0]).status == .fail)
        #expect(evaluation.verdict(of: rule, excluding: [0]).cause == 1)
    }

    @Test("Leaving checks out lowers a quorum to what is left, and leaving all out opens the gate")
    func excludeFromQuorum() {
        let quorum = Self.atLeast(2, 0, 1, 2)
        #expect(Self.evaluation("+--").verdict(of: quorum, excluding: [1]).status == .fail)
        #expect(Self.evaluation("+--").verdict(of: quorum, excluding: [1, 2]).status == .pass)
        #expect(Self.evaluation("---").verdict(of: quorum, excluding: [0, 1, 2]).status == .pass)
        #expect(Self.evaluation("---").verdict(of: Self.any(0, 1), excluding: [0, 1]).status == .pass)
        #expect(Self.evaluation("---").verdict(of: Self.all(0, 1), excluding: [0, 1]).status == .pass)
    }

    @Test("A nested gate of which nothing is left counts no more")
    func excludeWholeGate() {
        let nested = [Self.any(0, 1)]
        let rule = GateRule(.any, of: [.init(.gate(0)), .init(.check(2))])
        #expect(Self.evaluation("---", rules: nested).verdict(of: rule, excluding: [0, 1]).status == .fail)
        #expect(Self.evaluation("--+", rules: nested).verdict(of: rule, excluding: [0, 1]).status == .pass)
    }

    @Test("A gate with nothing in it is open within another")
    func emptyNested() {
        let rule = GateRule(.all, of: [.init(.gate(0))])
        #expect(Self.evaluation("-", rules: [GateRule(.all, of: [])]).verdict(of: rule, excluding: [0]).status == .pass)
    }

    @Test("Whether a rule requires a check is said by the first entry that leads there, else by the check itself")
    func requires() {
        let nested = [GateRule(.all, of: [.init(.check(1), isRequired: true)])]
        #expect(Self.all(0).requires(0, among: nested) == nil)
        #expect(GateRule(.all, of: [.init(.check(0), isRequired: false)]).requires(0, among: nested) == false)
        #expect(GateRule(.all, of: [.init(.gate(0))]).requires(1, among: nested) == true)
        #expect(
            GateRule(.all, of: [.init(.check(1), isRequired: false), .init(.gate(0))]).requires(1, among: nested)
                == false
        )
        #expect(GateRule(.all, of: []).requires(1, among: nested) == nil)
    }

    @Test("The checks of a rule are those of its gates too, each once")
    func positions() {
        let nested = [Self.all(1, 2), GateRule(.all, of: [.init(.gate(0)), .init(.check(3))])]
        let rule = GateRule(.all, of: [.init(.check(1)), .init(.gate(1))])
        #expect(rule.positions(among: nested) == [1, 2, 3])
    }
}
