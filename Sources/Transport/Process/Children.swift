internal import CLinux
internal import Glibc
internal import Synchronization

/// The children of this process: starts them, and knows them from the orphans that PID 1 inherits.
package final class Children: Sendable {
    private struct State {
        var own: Set<pid_t> = []
        /// Children may exist that are not in `own` yet.
        var starting = 0
    }

    private let state = Mutex(State())
    private let usesProcessDescriptors: Bool

    /// - Parameter usesProcessDescriptors: false to do as on Linux before 5.3.
    package init(usesProcessDescriptors: Bool = true) {
        self.usesProcessDescriptors = usesProcessDescriptors
    }

    /// Reaps orphans, which is the duty of PID 1, and leaves our own children to those who wait for them.
    ///
    /// To be called upon SIGCHLD and now and then: one that stands behind a child of ours has to wait for the next call.
    package func reapOrphans() {
        while true {
            var information = siginfo_t()
            guard waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT) == 0, information.si_signo == SIGCHLD
            else { return }
            let orphan = information._sifields._sigchld.si_pid
            let isReaped = state.withLock { state in
                guard state.starting == 0, !state.own.contains(orphan) else { return false }
                return waitpid(orphan, nil, WNOHANG) == orphan
            }
            guard isReaped else { return }
        }
    }

    /// Starts a child; may block as long as the mount of its program does.
    ///
    /// - Throws: `run.not_found`, `.denied`, `.overloaded`, `.unexpected`.
    func start(_ command: Command) throws(TransportFailure) -> ChildProcess {
        do throws(SystemError) {
            let pipe = try Pipe()
            guard fcntl(pipe.output.number, F_SETFL, O_NONBLOCK) == 0 else { throw SystemError.last }
            state.withLock { $0.starting += 1 }
            defer { state.withLock { $0.starting -= 1 } }
            let identifier = try spawn(command, output: pipe.input.number)
            state.withLock { _ = $0.own.insert(identifier) }
            do throws(SystemError) {
                let exit = try exitDescriptor(of: identifier)
                return ChildProcess(identifier: identifier, output: pipe.output, exit: exit, of: self)
            } catch {
                kill(-identifier, SIGKILL)
                bury(identifier)
                throw error
            }
        } catch {
            throw error.startFailure
        }
    }

    /// Whether a child has ended and waits to be reaped.
    ///
    /// - Throws: `run.unexpected` where nobody knows: with SIGCHLD ignored, the kernel reaps by itself.
    func isZombie(_ identifier: pid_t) throws(TransportFailure) -> Bool {
        var information = siginfo_t()
        guard waitid(P_PID, id_t(identifier), &information, WEXITED | WNOHANG | WNOWAIT) == 0 else {
            throw TransportFailure(.run, .unexpected, "its exit status is lost: \(SystemError.last)")
        }
        return information.si_signo == SIGCHLD
    }

    /// Reaps a child that has ended, or waits for its end.
    func reap(_ identifier: pid_t) -> Command.Result.Ending {
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        state.withLock { _ = $0.own.remove(identifier) }
        let signal = status & 0x7f
        return signal == 0 ? .exited(status: status >> 8 & 0xff) : .signalled(signal)
    }

    /// Reaps a child that was killed, whenever it ends.
    func bury(_ identifier: pid_t) {
        do {
            try startThread(named: "bury") { _ = self.reap(identifier) }
        } catch {
            _ = reap(identifier)
        }
    }

    /// A descriptor that becomes readable when the child has ended.
    private func exitDescriptor(of child: pid_t) throws(SystemError) -> Descriptor {
        if usesProcessDescriptors {
            let number = pidfd_open(child, 0)
            if number >= 0 { return Descriptor(owning: number) }
            guard errno == ENOSYS || errno == EPERM else { throw SystemError.last }
        }
        // Linux before 5.3, or a sandbox that forbids it: a thread waits, and closes its end of a pipe.
        let pipe = try Pipe()
        let end = pipe.input.release()
        do throws(SystemError) {
            try startThread(named: "wait") {
                var information = siginfo_t()
                while waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
                close(end)
            }
        } catch {
            close(end)
            throw error
        }
        return pipe.output
    }
}

/// A pipe that no child inherits.
private struct Pipe: ~Copyable {
    /// To read from.
    let output: Descriptor
    /// To write to.
    let input: Descriptor

    init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { throw SystemError.last }
        output = Descriptor(owning: ends[0])
        input = Descriptor(owning: ends[1])
    }
}
