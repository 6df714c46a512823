package import Configuration
package import Transport

/// What a value that an upstream gave must be: `80`, `!= 0`, `>= 80`, `~ ^ok`, `not empty`.
package struct Expectation: Hashable, Sendable, CustomStringConvertible {
    /// As it was written.
    package let description: String
    private let rule: Rule

    private enum Rule: Hashable {
        case equal(String)
        case notEqual(String)
        case compare(Comparison, Number)
        case matches(Pattern)
        case notEmpty
    }

    private enum Comparison: String, CaseIterable {
        // The longer ones first: `>=` also begins with `>`.
        case atLeast = ">="
        case atMost = "<="
        case more = ">"
        case less = "<"
    }

    /// Reads an expectation: an operator and what follows it, or a text that the value must equal.
    ///
    /// `= text` also means equality, for a text that begins like an operator. Numbers are compared as numbers.
    /// - Throws: what is wrong, in words fit for a diagnostic.
    package init(_ text: String) throws(Mistake) {
        description = text
        rule = try Self.rule(in: text)
    }

    private static func rule(in text: String) throws(Mistake) -> Rule {
        if text == "not empty" { return .notEmpty }
        if let rest = text.rest(after: "!=") { return .notEqual(rest) }
        if let rest = text.rest(after: "==") ?? text.rest(after: "=") { return .equal(rest) }
        if let pattern = try Pattern(marked: text) { return .matches(pattern) }
        for comparison in Comparison.allCases {
            guard let rest = text.rest(after: comparison.rawValue) else { continue }
            guard let number = Number(rest) else {
                throw Mistake("'\(comparison.rawValue)' needs a number after it, as '>= 80'")
            }
            return .compare(comparison, number)
        }
        return .equal(text)
    }

    /// Whether `value` is as expected; a regular expression is matched on a side thread.
    ///
    /// - Throws: as ``Pattern/matches(_:at:with:until:on:)``; everything else is answered at once.
    package func isMet(
        by value: String,
        with network: Network,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) -> Bool {
        switch rule {
        case .notEmpty: return !value.isEmpty
        case .equal(let wanted): return isEqual(value, wanted)
        case .notEqual(let unwanted): return !isEqual(value, unwanted)
        case .compare(let comparison, let limit):
            guard let number = Number(value) else { return false }
            return switch comparison {
            case .atLeast: number >= limit
            case .atMost: number <= limit
            case .more: number > limit
            case .less: number < limit
            }
        case .matches(let pattern):
            return try await pattern.matches(Array(value.utf8), with: network, until: deadline, on: loop)
        }
    }

    private func isEqual(_ value: String, _ other: String) -> Bool {
        if value == other { return true }
        guard let left = Number(value), let right = Number(other) else { return false }
        return left == right
    }
}

/// A number as upstreams write it; whole ones are compared exactly, however large.
private struct Number: Hashable, Comparable {
    private let whole: Int?
    private let value: Double

    init?(_ text: String) {
        // Only digits and their like: Double also reads `nan`, `inf` and hexadecimal.
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let value = Double(text) else {
            return nil
        }
        whole = Int(text)
        self.value = value
    }

    static func == (left: Number, right: Number) -> Bool {
        if let left = left.whole, let right = right.whole { return left == right }
        return left.value == right.value
    }

    static func < (left: Number, right: Number) -> Bool {
        if let left = left.whole, let right = right.whole { return left < right }
        return left.value < right.value
    }
}

extension String {
    /// What follows an operator, without the spaces before that; nil unless the text begins with the operator.
    fileprivate func rest(after operation: String) -> String? {
        guard hasPrefix(operation) else { return nil }
        let rest = dropFirst(operation.count).drop { $0 == " " }
        return String(rest)
    }
}
