import Health
import TestSupport
import Testing

@Suite("Gates against a simple model")
struct GateModelTests {
    /// A gate over checks that may be optional, as CONTRACT sections 1 and 11 put it.
    private static func isOpen(_ rule: GateRule, _ levels: [Level], _ isRequired: [Bool], without excluded: Set<Int>)
        -> Bool
    {
        var counted: [Bool] = []
        var asked = 0
        var removed = 0
        for entry in rule.entries {
            guard case .check(let index) = entry.subject else { continue }
            if excluded.contains(index) { removed += 1 } else { asked += 1 }
            guard !excluded.contains(index), entry.isRequired ?? isRequired[index] else { continue }
            counted.append(levels[index].isPassing)
        }
        if asked == 0 { return true }
        let open = counted.count(where: \.self)
        let needed =
            switch rule.quorum {
            case .all: counted.count
            case .any: 1
            case .atLeast(let number): number
            }
        return open >= (removed == 0 ? needed : min(needed, counted.count))
    }

    @Test("A flat gate is open exactly when the model says so, and says why it is not", arguments: 1...300)
    func flat(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...6, using: &random)
        let levels = (0..<count).map { _ in Level.allCases.randomElement(using: &random)! }
        let isRequired = levels.map { _ in Double.random(in: 0...1, using: &random) < 0.7 }
        let entries = levels.indices.filter { _ in Bool.random(using: &random) }
            .map { GateRule.Entry(.check($0), isRequired: [nil, nil, true, false].randomElement(using: &random)!) }
        let quorum = [GateRule.Quorum.all, .any, .atLeast(2)].randomElement(using: &random)!
        let rule = GateRule(quorum, of: entries)
        let excluded = Set(levels.indices.filter { _ in Double.random(in: 0...1, using: &random) < 0.2 })
        let evaluation = GateEvaluation(
            levels: levels,
            replication: { _ in nil },
            isRequired: isRequired,
            rules: []
        )
        let verdict = evaluation.verdict(of: rule, excluding: excluded)
        #expect(verdict.isOpen == Self.isOpen(rule, levels, isRequired, without: excluded))
        let shown = entries.filter { entry in
            if case .check(let index) = entry.subject { !excluded.contains(index) } else { false }
        }
        let isAllWell = shown.allSatisfy { entry in
            if case .check(let index) = entry.subject { levels[index] == .pass } else { true }
        }
        if verdict.isOpen { #expect((verdict.status == .pass) == isAllWell) }
        if let cause = verdict.cause {
            #expect(!excluded.contains(cause))
            #expect(levels[cause] != .pass)
            if !verdict.isOpen { #expect(!levels[cause].isPassing) }
        }
    }

    @Test("A better check never closes a gate", arguments: 1...300)
    func monotonous(seed: Int) {
        var random = SeededGenerator(seed: seed)
        func evaluation(_ levels: [Level], _ rules: [GateRule]) -> GateEvaluation {
            GateEvaluation(
                levels: levels,
                replication: { _ in nil },
                isRequired: levels.map { _ in true },
                rules: rules
            )
        }
        func rule(among subjects: [GateRule.Entry.Subject]) -> GateRule {
            let chosen = subjects.filter { _ in Bool.random(using: &random) }
            let quorum = [GateRule.Quorum.all, .any, .atLeast(2)].randomElement(using: &random)!
            return GateRule(quorum, of: chosen.map { GateRule.Entry($0) })
        }
        let levels = (0..<5).map { _ in Level.allCases.randomElement(using: &random)! }
        let checks = (0..<5).map { GateRule.Entry.Subject.check($0) }
        let inner = [rule(among: checks), rule(among: checks)]
        let outer = rule(among: checks + [.gate(0), .gate(1)])
        let before = evaluation(levels, inner).verdict(of: outer)
        var better = levels
        better[Int.random(in: 0..<5, using: &random)] = .pass
        let after = evaluation(better, inner).verdict(of: outer)
        #expect(!before.isOpen || after.isOpen)
    }
}
