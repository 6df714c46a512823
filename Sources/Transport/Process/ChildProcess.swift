internal import CLinux
internal import Glibc
internal import Synchronization

/// Owns one child and its process group: with its last reference both are killed, and the child is reaped.
final class ChildProcess: Sendable {
    private let identifier: pid_t
    /// The child's stdout and stderr, to be read without blocking.
    let output: Descriptor
    /// Becomes readable when the child has ended.
    let exit: Descriptor
    private let children: Children
    private let isReaped = Atomic(false)

    init(identifier: pid_t, output: consuming Descriptor, exit: consuming Descriptor, of children: Children) {
        self.identifier = identifier
        self.output = output
        self.exit = exit
        self.children = children
    }

    deinit {
        guard !isReaped.load(ordering: .relaxed) else { return }
        killGroup()
        children.bury(identifier)
    }

    /// How the child ended; nil while it runs. What it started and left behind is killed.
    ///
    /// - Throws: `run.unexpected` where its exit status is lost.
    func reap() throws(TransportFailure) -> Command.Result.Ending? {
        guard !isReaped.load(ordering: .relaxed), try children.isZombie(identifier) else { return nil }
        // As long as the child is a zombie, nobody else can be called like its group.
        killGroup()
        isReaped.store(true, ordering: .relaxed)
        return children.reap(identifier)
    }

    /// Kills the child with all that it started, and waits a moment for its end; works in a cancelled task too.
    ///
    /// A child that cannot be killed, since it hangs in a dead mount, is left to a thread that buries it.
    func end() async {
        killGroup()
        await withCheckedContinuation { continuation in
            do {
                try startThread(named: "reap") {
                    var event = pollfd(fd: self.exit.number, events: Int16(POLLIN), revents: 0)
                    poll(&event, 1, Self.patience)
                    continuation.resume()
                }
            } catch {
                continuation.resume()
            }
        }
        _ = try? reap()
    }

    /// Milliseconds.
    private static let patience: Int32 = 50

    private func killGroup() {
        kill(-identifier, SIGKILL)
    }
}
