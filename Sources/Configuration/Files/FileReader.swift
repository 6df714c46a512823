/// How files are read, so that tests need none.
package struct FileReader: Sendable {
    /// Why a file could not be read, for people: `no such file`.
    package enum Failure: Error, Hashable, Sendable {
        case notFound
        case denied
        case isDirectory
        case tooLarge(limit: Int)
        case notUTF8
        /// The operating system's word for it.
        case system(String)
    }

    /// All bytes of the file at a path, at most so many.
    package let read: @Sendable (_ path: String, _ limit: Int) throws(Failure) -> [UInt8]

    package init(_ read: @escaping @Sendable (_ path: String, _ limit: Int) throws(Failure) -> [UInt8]) {
        self.read = read
    }

    /// The text of a file that holds one value, without the newline that editors put at its end.
    package func text(_ path: String, limit: Int) throws(Failure) -> String {
        guard var text = String(validating: try read(path, limit), as: UTF8.self) else { throw .notUTF8 }
        if text.last?.isNewline == true { text.removeLast() }
        return text
    }
}

extension FileReader.Failure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notFound: "no such file"
        case .denied: "permission denied"
        case .isDirectory: "it is a directory"
        case .tooLarge(let limit): "it is larger than \(limit) bytes"
        case .notUTF8: "it is not UTF-8 text"
        case .system(let text): text
        }
    }
}
