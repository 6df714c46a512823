internal import Glibc

/// The methods that are answered; all others are refused before a handler is asked.
package enum RequestMethod: UInt, Sendable {
    case get = 1
    case head
    case options

    /// Methods are case-sensitive (RFC 9110 section 9.1).
    init?(_ name: UnsafePointer<CChar>) {
        if isEqual(name, "GET") {
            self = .get
        } else if isEqual(name, "HEAD") {
            self = .head
        } else if isEqual(name, "OPTIONS") {
            self = .options
        } else {
            return nil
        }
    }
}

private func isEqual(_ name: UnsafePointer<CChar>, _ wanted: StaticString) -> Bool {
    strcmp(name, wanted.cString) == 0
}
