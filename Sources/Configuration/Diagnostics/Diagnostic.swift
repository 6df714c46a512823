/// One thing that is wrong, or worth a thought, in the configuration.
package struct Diagnostic: Hashable, Sendable {
    package enum Severity: String, Sendable {
        /// Nothing is started.
        case error
        /// Probably not what was meant.
        case warning
        /// For information.
        case notice
    }

    package let severity: Severity
    package let location: SourceLocation
    /// The key, as `checks.db.timeout`; empty for the whole.
    package let path: String
    /// What is wrong and what would be right. Never holds a secret, nor what a variable holds.
    package let message: String

    package init(_ severity: Severity, at location: SourceLocation, path: String, _ message: String) {
        self.severity = severity
        self.location = location
        self.path = path
        self.message = message
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `allclear.yaml:12:5: error: checks.db.timeout: must not be longer than period (1s); it is 2s`.
    package var description: String {
        [location.description, severity.rawValue, path, message].filter { !$0.isEmpty }.joined(separator: ": ")
    }
}
