import Health
import Testing

@Suite("Conditions of gates")
struct GateConditionTests {
    private static let primary = Replication(roles: [ServerRole("primary"), ServerRole("read-write")], lag: .zero)
    private static let replica = Replication(roles: [ServerRole("replica"), ServerRole("standby")], lag: .seconds(4))
    private static let cutOff = Replication(roles: [ServerRole("replica")], lag: nil)

    private static func condition(_ role: String? = nil, maxLag: Duration? = nil) -> GateCondition {
        GateCondition(role: role.map(ServerRole.init), maxLag: maxLag)
    }

    struct Row: Sendable {
        let condition: GateCondition
        let seen: Replication?
        let sentence: String?

        init(_ condition: GateCondition, _ seen: Replication?, _ sentence: String? = nil) {
            self.condition = condition
            self.seen = seen
            self.sentence = sentence
        }
    }

    static let rows = [
        Row(condition("primary"), primary),
        Row(condition("read-write"), primary),
        Row(condition("standby"), replica),
        Row(condition("primary"), replica, "assert.wrong_role: its role is replica, wanted primary"),
        Row(condition("replica"), primary, "assert.wrong_role: its role is primary, wanted replica"),
        // Whoever does not know is not believed.
        Row(condition("primary"), nil, "assert.wrong_role: its role is unknown, wanted primary"),
        Row(condition("primary"), Replication(), "assert.wrong_role: its role is unknown, wanted primary"),
        Row(condition(maxLag: .seconds(5)), nil, "assert.lag_unknown: it does not say how far it is behind"),
        Row(condition(maxLag: .seconds(5)), cutOff, "assert.lag_unknown: it does not say how far it is behind"),
        Row(condition(maxLag: .seconds(5)), replica),
        Row(condition(maxLag: .seconds(4)), replica),
        Row(
            condition(maxLag: .milliseconds(3999)),
            replica,
            "assert.lagging: it is 4.0 s behind, wanted at most 4.0 s"
        ),
        Row(condition(maxLag: .seconds(1)), replica, "assert.lagging: it is 4.0 s behind, wanted at most 1.0 s"),
        Row(condition(maxLag: .zero), primary),
        // The role is told before the lag.
        Row(condition("replica", maxLag: .seconds(5)), replica),
        Row(
            condition("replica", maxLag: .seconds(1)),
            replica,
            "assert.lagging: it is 4.0 s behind, wanted at most 1.0 s"
        ),
        Row(
            condition("primary", maxLag: .seconds(1)),
            replica,
            "assert.wrong_role: its role is replica, wanted primary"
        ),
        Row(condition(), nil),
    ]

    @Test("A condition is met by what was seen, by nothing else, and says why it is not", arguments: rows)
    func table(row: Row) {
        #expect(row.condition.failure(on: row.seen)?.sentence == row.sentence)
    }

    private static func verdict(
        _ rule: GateRule,
        _ levels: [Level],
        _ seen: [Replication?],
        optional: Set<Int> = [],
        rules: [GateRule] = []
    ) -> GateEvaluation.Verdict {
        let required = levels.indices.map { !optional.contains($0) }
        return GateEvaluation(levels: levels, replication: { seen[$0] }, isRequired: required, rules: rules)
            .verdict(of: rule)
    }

    private static func face(_ condition: GateCondition, isRequired: Bool? = nil) -> GateRule {
        GateRule(.all, of: [.init(.check(0), isRequired: isRequired, condition: condition)])
    }

    @Test(
        "A condition is asked of a passing check alone; one that does not pass says itself why",
        arguments: zip(Level.allCases, [GateEvaluation.Status.fail, .pass, .warn, .fail])
    )
    func levels(level: Level, status: GateEvaluation.Status) {
        let met = Self.verdict(Self.face(Self.condition("primary")), [level], [Self.primary])
        #expect(met.status == status)
        #expect(met.unmet == nil)
        let unmet = Self.verdict(Self.face(Self.condition("primary")), [level], [Self.replica])
        #expect(unmet.status == .fail)
        #expect(unmet.cause == 0)
        #expect(unmet.unmet?.code.description == (level.isPassing ? "assert.wrong_role" : nil))
    }

    @Test("An optional entry whose condition is not met warns, and closes nothing")
    func optional() {
        let rule = Self.face(Self.condition("primary"), isRequired: false)
        let verdict = Self.verdict(rule, [.pass], [Self.replica])
        #expect(verdict.status == .warn)
        #expect(verdict.unmet?.code.description == "assert.wrong_role")
        #expect(Self.verdict(Self.face(Self.condition("primary")), [.pass], [Self.replica], optional: [0]).isOpen)
    }

    @Test("A quorum counts an entry whose condition is met, and one check under two conditions as two")
    func quorum() {
        let entries = [
            GateRule.Entry(.check(0), condition: Self.condition("primary")),
            GateRule.Entry(.check(0), condition: Self.condition("replica", maxLag: .seconds(5))),
            GateRule.Entry(.check(1), condition: Self.condition("primary")),
        ]
        let seen = [Self.replica, Self.primary]
        #expect(Self.verdict(GateRule(.atLeast(2), of: entries), [.pass, .pass], seen).status == .warn)
        #expect(Self.verdict(GateRule(.any, of: entries), [.pass, .pass], seen).isOpen)
        let all = Self.verdict(GateRule(.all, of: entries), [.pass, .pass], seen)
        #expect(all.cause == 0)
        #expect(all.unmet?.code.description == "assert.wrong_role")
        #expect(!Self.verdict(GateRule(.atLeast(3), of: entries), [.pass, .pass], seen).isOpen)
    }

    @Test("A gate within another tells the condition that closes it")
    func nested() {
        let outer = GateRule(.all, of: [.init(.gate(0))])
        let verdict = Self.verdict(outer, [.pass], [Self.cutOff], rules: [Self.face(Self.condition("primary"))])
        #expect(verdict.status == .fail)
        #expect(verdict.unmet?.detail == "its role is replica, wanted primary")
    }

    @Test("What rules ask of a check is found at its position, however often it is asked")
    func conditions() {
        let rules = [
            Self.face(Self.condition("primary")),
            GateRule(.any, of: [.init(.check(1)), .init(.check(0), condition: Self.condition(maxLag: .zero))]),
            GateRule(.all, of: [.init(.gate(0))]),
        ]
        #expect(
            GateRule.conditions(in: rules, onChecks: 2) == [
                [Self.condition("primary"), Self.condition(maxLag: .zero)], [],
            ]
        )
    }

    // MARK: What a check remembers

    @Test("A pass says what is; a pass that sees nothing leaves nothing")
    func passes() {
        var line = Timeline(CheckPolicy())
        #expect(line.state.replication == nil)
        line.pass(at: 0, seeing: Self.primary)
        #expect(line.state.replication == Self.primary)
        line.pass(at: 5, seeing: Self.replica)
        #expect(line.state.replication == Self.replica)
        line.pass(at: 10, seeing: nil)
        #expect(line.state.replication == nil)
    }

    @Test("A failure below the threshold leaves what was seen, unless it saw something else")
    func failures() {
        var line = Timeline(CheckPolicy(failureThreshold: 3))
        line.pass(at: 0, seeing: Self.primary)
        #expect(line.fail(at: 5) == .pass)
        #expect(line.state.replication == Self.primary)
        let failure = ProbeFailure(FailureCode(.exchange, .starting))
        func see(_ replication: Replication, at second: Double) -> Replication? {
            line.record(.failed(failure, .init(replication: replication)), at: second)
            return line.state.replication
        }
        // It knows the role, and did not come as far as the lag.
        #expect(see(Replication(roles: Self.primary.roles), at: 6) == Self.primary)
        #expect(see(Self.cutOff, at: 7) == Self.cutOff)
        #expect(see(Self.replica, at: 8) == Self.replica)
        #expect(see(Replication(roles: Self.replica.roles, lag: .seconds(9)), at: 9)?.lag == .seconds(9))
        #expect(line.level(at: 9) == .pass)
    }
}
