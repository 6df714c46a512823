import Foundation
import Synchronization

/// A program started by this process, in a session of its own, reaped by whoever asks for its end.
///
/// No descriptor but the three standard ones is inherited, all signals have their default action, none is blocked.
package final class ChildProcess: Sendable {
    /// How a program ended.
    package enum End: Sendable, Hashable, CustomStringConvertible {
        case exited(Int32)
        case killed(signal: Int32)

        package var description: String {
            switch self {
            case .exited(let status): "exit status \(status)"
            case .killed(let signal): "killed by signal \(signal)"
            }
        }
    }

    /// Where the standard streams lead.
    package struct Streams {
        package enum Stream {
            case file(String)
            case descriptor(Int32)
        }
        var input: Stream
        var output: Stream
        var error: Stream

        package init(input: Stream = .file("/dev/null"), output: Stream, error: Stream) {
            self.input = input
            self.output = output
            self.error = error
        }
    }

    package let processIdentifier: Int32
    private let end = Mutex<End?>(nil)

    init(_ command: [String], environment: [String: String], folder: String, streams: Streams) throws {
        processIdentifier = try Self.spawn(command, environment: environment, folder: folder, streams: streams)
    }

    deinit {
        guard isRunning else { return }
        kill(processIdentifier, SIGKILL)
        var status: Int32 = 0
        waitpid(processIdentifier, &status, 0)
    }

    /// Whether it has not ended yet; a stopped process runs.
    package var isRunning: Bool { outcome == nil }

    /// How it ended, nil while it runs.
    package var outcome: End? {
        end.withLock { end in
            if end == nil {
                var status: Int32 = 0
                if waitpid(processIdentifier, &status, WNOHANG) == processIdentifier {
                    end = status & 0x7f == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: status & 0x7f)
                }
            }
            return end
        }
    }

    /// Sends a signal, unless it has ended: then the number may belong to somebody else.
    package func send(signal: Int32) {
        end.withLock { end in
            if end == nil { kill(processIdentifier, signal) }
        }
    }

    /// Waits for its end; throws `WaitTimedOut` when it still runs after `bound`.
    @discardableResult
    package func waitForEnd(within bound: Duration = .seconds(30)) async throws -> End {
        try await eventualValue("end of process \(processIdentifier)", within: bound, every: .milliseconds(2)) {
            outcome
        }
    }

    /// The same for code that runs on a thread of its own.
    @discardableResult
    func waitBlockingForEnd(within bound: Duration) throws -> End {
        try waitBlocking("end of process \(processIdentifier)", within: bound, every: .milliseconds(2)) {
            outcome != nil
        }
        return outcome ?? .exited(-1)
    }

    /// `POSIX_SPAWN_SETSID` of <spawn.h>, a GNU extension that Swift's Glibc module hides.
    private static let newSession: Int32 = 0x80

    /// Starts `command`, whose first word is the path of a program; whoever calls this reaps it.
    package static func spawn(
        _ command: [String],
        environment: [String: String],
        folder: String,
        streams: Streams
    ) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | Self.newSession
        posix_spawnattr_setflags(&attributes, Int16(flags))
        for (number, stream) in [streams.input, streams.output, streams.error].enumerated() {
            switch stream {
            case .descriptor(let descriptor):
                posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
            case .file(let path):
                let mode = number == 0 ? O_RDONLY : O_WRONLY | O_CREAT | O_APPEND
                posix_spawn_file_actions_addopen(&actions, Int32(number), path, mode, 0o644)
            }
        }
        guard SpawnExtensions.closeFrom(&actions, 3) == 0, SpawnExtensions.changeFolder(&actions, folder) == 0 else {
            throw SystemFailure("posix_spawn_file_actions", code: ENOMEM)
        }

        var arguments = command.map { strdup($0) } + [nil]
        var variables = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for string in arguments + variables { free(string) } }
        var identifier: pid_t = 0
        let code = posix_spawn(&identifier, command[0], &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw SystemFailure("start \(command.joined(separator: " "))", code: code) }
        return identifier
    }
}

/// Two functions of <spawn.h> that Swift's Glibc module hides as GNU extensions; glibc 2.34 has both.
private enum SpawnExtensions {
    static let closeFrom = function(
        "posix_spawn_file_actions_addclosefrom_np",
        as: (@convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32).self
    )
    static let changeFolder = function(
        "posix_spawn_file_actions_addchdir_np",
        as: (@convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>) -> Int32).self
    )

    private static func function<Function>(_ name: String, as type: Function.Type) -> Function {
        guard let symbol = dlsym(nil, name) else { fatalError("this C library has no \(name)") }
        return unsafeBitCast(symbol, to: type)
    }
}
