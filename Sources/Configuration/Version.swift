/// Which version of the program this is.
package enum Version {
    /// Semantic Versioning 2.0.0.
    package static let current = "0.1.0"
}
