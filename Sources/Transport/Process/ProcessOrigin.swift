internal import CLinux
internal import Glibc

/// The process as it was started, so that a COMMAND that takes its place finds nothing of what we changed in it.
///
/// Descriptors need no undoing: all that we open close on exec.
package struct ProcessOrigin: Sendable {
    /// Byte for byte, as neither need be UTF-8; each ends with a NUL.
    private let arguments: [[CChar]]
    private let environment: [[CChar]]
    private let blockedSignals: [Int32]
    private let ignoresBrokenPipes: Bool
    private let limits: [(resource: Int32, value: rlimit)]

    /// Of this process; call it before anything is changed, and before any other thread is there.
    package static func capture() -> ProcessOrigin {
        var blocked = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &blocked)
        return ProcessOrigin(
            arguments: strings(CommandLine.unsafeArgv),
            environment: strings(environ),
            blockedSignals: (1...64).filter { sigismember(&blocked, $0) == 1 },
            ignoresBrokenPipes: isIgnored(SIGPIPE),
            limits: [Int32(RLIMIT_CORE.rawValue), Int32(RLIMIT_NOFILE.rawValue)]
                .map { resource in
                    var value = rlimit()
                    getrlimit(__rlimit_resource_t(UInt32(resource)), &value)
                    return (resource, value)
                }
        )
    }

    /// How many words of the command line stand after its first `--`.
    package var commandLength: Int {
        let terminator = "--".utf8CString.map(\.self)
        return arguments.firstIndex(of: terminator).map { arguments.count - $0 - 1 } ?? 0
    }

    /// Becomes the program that the words after `--` name, found by `PATH`; there must be some.
    ///
    /// Does not return where that succeeds: signals, PID and environment are then the program's own.
    /// - Returns: where it cannot be run, its name and the error: `ENOENT`, `EACCES`, …
    package func becomeCommand() -> (name: String, error: Int32) {
        undo()
        let words = Array(arguments.suffix(commandLength))
        let error = withPointers(words) { words in
            withPointers(environment) { environment in
                // Ours lacks what libpq would read there.
                execvpe(words[0]!, words, environment)
                return errno
            }
        }
        return (String(decoding: words[0].dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self), error)
    }

    private func undo() {
        for var limit in limits { setrlimit(__rlimit_resource_t(UInt32(limit.resource)), &limit.value) }
        if !ignoresBrokenPipes { signal(SIGPIPE, SIG_DFL) }
        var blocked = SignalSet(blockedSignals)
        pthread_sigmask(SIG_SETMASK, &blocked.value, nil)
    }
}

private typealias Pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

private func strings(_ pointers: Pointers) -> [[CChar]] {
    var strings: [[CChar]] = []
    while let pointer = pointers[strings.count] {
        strings.append(Array(UnsafeBufferPointer(start: pointer, count: strlen(pointer) + 1)))
    }
    return strings
}

/// Lends the strings as C wants a list of them, closed by a null pointer.
private func withPointers<Result>(_ strings: [[CChar]], _ body: (Pointers) -> Result) -> Result {
    let pointers = Pointers.allocate(capacity: strings.count + 1)
    defer { pointers.deallocate() }
    for (index, string) in strings.enumerated() {
        pointers[index] = UnsafeMutablePointer<CChar>.allocate(capacity: string.count)
        pointers[index]!.initialize(from: string, count: string.count)
    }
    pointers[strings.count] = nil
    defer { for index in strings.indices { pointers[index]!.deallocate() } }
    return body(pointers)
}
