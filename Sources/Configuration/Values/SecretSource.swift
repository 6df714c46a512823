/// Where a secret is found: here, or in a file that is read anew whenever it is needed.
package enum SecretSource: Hashable, Sendable {
    case value(Secret)
    /// One newline at the end of the file does not belong to the secret.
    case file(path: String)
}

extension SecretSource {
    /// The secret as it is now; fails as reading its file does.
    package func read(from files: FileReader) throws(FileReader.Failure) -> Secret {
        switch self {
        case .value(let secret): secret
        case .file(let path): Secret(try files.text(path, limit: Self.longest))
        }
    }

    /// Bytes; longer than any token, key or URL.
    static let longest = 64 * 1024
}
