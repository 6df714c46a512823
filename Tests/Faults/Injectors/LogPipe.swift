import Foundation
import Synchronization
import TestSupport

/// A named pipe that nobody reads until it is told to, full from the start.
final class LogPipe: Sendable {
    /// Both ends, so that no side's opening waits for the other's; nil once closed.
    private let descriptor: Mutex<Int32?>

    /// Makes it at `path` and fills it.
    init(_ path: String) throws {
        guard mkfifo(path, 0o600) == 0 else { throw Skipped(reason: "no pipe can be made at \(path)") }
        descriptor = Mutex(open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC))
        fill()
    }

    deinit { close() }

    func fill() {
        let bytes = [UInt8](repeating: UInt8(ascii: "\n"), count: 4_096)
        descriptor.withLock { descriptor in
            guard let descriptor else { return }
            while write(descriptor, bytes, bytes.count) > 0 || write(descriptor, bytes, 1) > 0 {}
        }
    }

    /// What stands in it now.
    func read() -> String {
        descriptor.withLock { descriptor in
            guard let descriptor else { return "" }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            return String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
        }
    }

    /// Leaves it without a reader.
    func close() {
        descriptor.withLock { descriptor in
            if let open = descriptor { Glibc.close(open) }
            descriptor = nil
        }
    }
}
