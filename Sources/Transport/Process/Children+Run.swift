internal import Glibc

extension Children {
    /// Runs a program to its end and takes what it says.
    ///
    /// Whatever comes of it, nothing is left: the whole process group is killed, also what the program left running in the
    /// background, and a descendant that keeps the pipe open is not waited for. One that founds a session of its own gets
    /// away.
    /// - Throws: `run.*`: `.timed_out` at the deadline, `.closed` when the task is cancelled, else as starting fails.
    package func run(
        _ command: Command,
        with sideThreads: SideThreads,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) -> Command.Result {
        // On a side thread: a program on a dead mount would hold the loop. A child that starts too late dies with its owner.
        let started = try await sideThreads.run(.run, until: deadline, on: loop) {
            Result { () throws(TransportFailure) in try self.start(command) }
        }
        let child = try started.get()
        do {
            return try await wait(for: child, until: deadline, on: loop)
        } catch {
            await child.end()
            throw error
        }
    }

    private func wait(
        for child: ChildProcess,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) -> Command.Result {
        let pollSet = try PollSet(on: loop)
        try pollSet.watch(child.output.number, for: .readable)
        try pollSet.watch(child.exit.number, for: .readable)
        var output = CommandOutput()
        while true {
            switch await pollSet.wait(until: deadline, on: loop, { _, _ in }) {
            case .ready, .signalled: break
            case .deadline: throw TransportFailure(.run, .timedOut)
            case .cancelled: throw TransportFailure(.run, .closed, "cancelled")
            }
            let mayBeMore = output.take(from: child.output)
            if let ending = try child.reap() {
                _ = output.take(from: child.output)
                return Command.Result(ending: ending, output: output.beginning)
            }
            if !mayBeMore { try pollSet.watch(child.output.number, for: []) }
            guard output.size <= Command.endlessOutput else {
                throw TransportFailure(.run, .unexpected, "it wrote more than \(Command.endlessOutput) bytes")
            }
        }
    }
}

/// Keeps the beginning of what comes out of a pipe and counts the rest.
private struct CommandOutput {
    private(set) var beginning: [UInt8] = []
    private(set) var size = 0

    /// Takes what is there, a pipe's fill at most; false at the end.
    mutating func take(from descriptor: borrowing Descriptor) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { space in
            let count = read(descriptor.number, space.baseAddress!, space.count)
            guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
            size += count
            let room = Command.mostOutput - beginning.count
            beginning.append(contentsOf: UnsafeRawBufferPointer(rebasing: space[..<min(count, room)]))
            return true
        }
    }
}
