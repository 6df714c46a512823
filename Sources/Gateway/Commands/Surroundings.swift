package import Configuration
internal import Glibc
internal import Probes

/// What a command is given by the process it runs in.
package struct Surroundings: Sendable {
    /// As the process received it.
    package let environment: [String: String]
    package let files: FileReader
    /// Writes one line of results.
    package let print: @Sendable (String) -> Void
    /// Writes one line of diagnostics.
    package let complain: @Sendable (String) -> Void

    package init(
        environment: [String: String],
        files: FileReader,
        print: @escaping @Sendable (String) -> Void,
        complain: @escaping @Sendable (String) -> Void
    ) {
        self.environment = environment
        self.files = files
        self.print = print
        self.complain = complain
    }

    /// Those of this process: its environment, its files, its standard streams.
    ///
    /// Call it first, and once, while no other thread is there: it also makes the process fit to hold secrets and
    /// sockets (see ``prepareProcess()``).
    package static func ofThisProcess() -> Surroundings {
        let environment = readEnvironment()
        prepareProcess()
        return Surroundings(
            environment: environment,
            files: .system,
            print: { write($0 + "\n", to: STDOUT_FILENO) },
            complain: { write($0 + "\n", to: STDERR_FILENO) }
        )
    }

    /// Says what is wrong with the configuration, each on its line, notices only where they are wanted.
    func report(_ diagnostics: Diagnostics, withNotices: Bool = true) {
        for diagnostic in diagnostics.sorted where withNotices || diagnostic.severity != .notice {
            complain(diagnostic.description)
        }
    }

    var loader: ConfigurationLoader {
        ConfigurationLoader(types: ProbeTypes.all.map(\.check), environment: environment, files: files)
    }
}

private func readEnvironment() -> [String: String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
        let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, variables[String(parts[0])] == nil { variables[String(parts[0])] = String(parts[1]) }
        entry += 1
    }
    return variables
}

private func write(_ text: String, to descriptor: Int32) {
    var bytes = ArraySlice(text.utf8)
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress!, $0.count) }
        guard count > 0 || errno == EINTR else { return }
        bytes = bytes.dropFirst(max(0, count))
    }
}
