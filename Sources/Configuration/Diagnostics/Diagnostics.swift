/// All that was found, in an order that does not depend on how it was found.
package struct Diagnostics: Sendable {
    private var found: [Diagnostic] = []

    package init() {}

    package mutating func add(_ diagnostic: Diagnostic) {
        found.append(diagnostic)
    }

    package mutating func add(contentsOf diagnostics: [Diagnostic]) {
        found.append(contentsOf: diagnostics)
    }

    package var hasErrors: Bool { errorCount > 0 }

    var errorCount: Int { found.count { $0.severity == .error } }

    /// The file from top to bottom, then variables, then the command line; each message once.
    package var sorted: [Diagnostic] {
        var seen: Set<Diagnostic> = []
        return found.filter { seen.insert($0).inserted }.sorted { $0.location < $1.location }
    }
}
