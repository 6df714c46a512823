internal import Glibc

/// A client library that is not linked but loaded when the first check that needs it is made: nobody else pays for it.
///
/// It stays until the process ends.
package enum SharedLibrary {
    /// Loads a library, and finds its functions.
    ///
    /// Takes milliseconds, and belongs where blocking is allowed: a thread, or the time before there are any.
    /// - Parameters:
    ///   - file: its name, as the loader looks for it.
    ///   - package: what to install where it is missing.
    ///   - names: those of the functions, in the order of the structure's members, ended by a null.
    /// - Returns: a C structure of nothing but pointers to functions.
    /// - Throws: `configure.not_found` for a library, `configure.unsupported` for a function that is not there.
    package static func load<Functions: BitwiseCopyable>(
        _ file: String,
        from package: String,
        _ names: UnsafePointer<UnsafePointer<CChar>?>
    ) throws(TransportFailure) -> Functions {
        guard let library = dlopen(file, RTLD_NOW | RTLD_LOCAL) else {
            throw failure(.notFound, of: file, from: package)
        }
        var functions: [UnsafeMutableRawPointer] = []
        while let name = names[functions.count] {
            guard let function = dlsym(library, name) else { throw failure(.unsupported, of: file, from: package) }
            functions.append(function)
        }
        return functions.withUnsafeBytes { functions in
            precondition(functions.count == MemoryLayout<Functions>.size, "\(file): as many members as names")
            return functions.load(as: Functions.self)
        }
    }

    private static func failure(
        _ reason: TransportFailure.Reason,
        of file: String,
        from package: String
    ) -> TransportFailure {
        let word = dlerror().map { String(cString: $0) } ?? "no reason given"
        return TransportFailure(.configure, reason, "\(file) cannot be used: \(word); install \(package) of Debian 12")
    }
}
