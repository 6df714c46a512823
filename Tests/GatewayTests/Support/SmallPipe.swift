import Glibc

/// A pipe of one page, so that it is soon full.
final class SmallPipe: Sendable {
    let reader: Int32
    let writer: Int32

    init() throws {
        // A write to a pipe that nobody reads must be an error, not the end of the tests.
        _ = signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw POSIXFailure(code: errno) }
        (reader, writer) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // F_SETPIPE_SZ of fcntl(2), which Glibc's module leaves out.
        _ = fcntl(writer, 1031, 4096)
    }

    struct POSIXFailure: Error { let code: Int32 }

    func closeReader() { close(reader) }
    func closeWriter() { close(writer) }

    /// What comes until `count` bytes are there or the writing end is closed. Blocks its thread.
    func read(atLeast count: Int = .max) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < count {
            let read = Glibc.read(reader, &buffer, buffer.count)
            guard read > 0 else { break }
            bytes += buffer[..<read]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
