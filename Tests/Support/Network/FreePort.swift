import Foundation
import Synchronization

/// Ports of 127.0.0.1 that nobody uses.
///
/// They lie below the range from which the kernel takes the near ports of outgoing connections (32768 upward), so that no
/// connection of a test running at the same time can take one between finding and using it.
package enum FreePort {
    private static let given = Mutex<Set<UInt16>>([])

    /// A port that this process has not handed out before and that can be bound, TCP and UDP, right now.
    package static func find() -> UInt16 {
        given.withLock { given in
            for _ in 0..<10_000 {
                let port = UInt16.random(in: 12_000..<32_000)
                if !given.contains(port), isFree(port) {
                    given.insert(port)
                    return port
                }
            }
            fatalError("no free port on 127.0.0.1")
        }
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let kinds = [SOCK_STREAM, SOCK_DGRAM]
        return kinds.allSatisfy { kind in
            let descriptor = socket(AF_INET, Int32(kind.rawValue | SOCK_CLOEXEC.rawValue), 0)
            defer { close(descriptor) }
            let result = try? ServerAddress.loopback(port).withAddress { bind(descriptor, $0, $1) }
            return result == 0
        }
    }
}
