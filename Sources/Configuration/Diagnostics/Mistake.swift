/// What is wrong with something that a user wrote, in words fit for a diagnostic: they quote nothing that may be secret.
package struct Mistake: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
