import Foundation
import Synchronization

/// One real server in a throw-away folder: its program, its log, its signals.
///
/// The folder of the server's own data is the working folder of all its processes, by which they are found.
final class ServerProcess: Sendable {
    let folder: TemporaryFolder
    /// The working folder of the server's processes.
    let home: String
    let logPath: String
    private let account: Account
    private let child = Mutex<ChildProcess?>(nil)

    init(folder: TemporaryFolder, home: String, account: Account) throws {
        self.folder = folder
        self.home = home
        self.account = account
        logPath = folder.file("server.log")
        try folder.write("", to: "server.log")
        try account.own(logPath)
    }

    deinit { end() }

    /// Starts `command`, with these variables besides the path and the language; a server that is still there is not started twice.
    func launch(_ command: [String], environment: [String: String] = [:]) throws {
        try child.withLock { child in
            guard child?.isRunning != true else { return }
            child = try ChildProcess(
                account.command(command),
                environment: ["PATH": Tool.path, "LC_ALL": "C.UTF-8"].merging(environment) { $1 },
                folder: home,
                streams: .init(output: .file(logPath), error: .file(logPath))
            )
        }
    }

    /// Whether the process started last still runs.
    var isRunning: Bool { child.withLock { $0?.isRunning ?? false } }

    /// The process started last.
    var identifier: Int32? { child.withLock { $0?.processIdentifier } }

    /// What the server has logged so far.
    var log: String { TemporaryFolder.text(of: logPath) }

    /// The end of the log, for errors.
    var logTail: String { log.split(separator: "\n").suffix(20).joined(separator: "\n") }

    /// Sends a signal to the process started last.
    func send(signal: Int32) { child.withLock { $0?.send(signal: signal) } }

    /// Sends a signal to every process of the server.
    ///
    /// - Returns: the moment before the first of them got it.
    @discardableResult
    func sendToAll(signal: Int32) -> ContinuousClock.Instant {
        let identifiers = ProcessTable.serversWorking(in: home)
        let moment = ContinuousClock.now
        for identifier in identifiers { kill(identifier, signal) }
        return moment
    }

    /// Waits until `isReady`, as long as the process runs; throws with the end of the log.
    func waitUntilReady(_ name: String, within bound: Duration, isReady: () throws -> Bool) throws {
        try waitBlocking("\(name) ready", within: bound, detail: logTail) {
            if try isReady() { return true }
            guard isRunning else { throw ServerFailure("\(name) ended while it started", log: logTail) }
            return false
        }
    }

    /// Waits for the end of the process started last.
    func waitForEnd(_ name: String, within bound: Duration) throws {
        try waitBlocking("end of \(name)", within: bound, detail: logTail) { !isRunning }
    }

    /// Ends the server in whatever state it is, also one that was started by hand in the meantime, and removes the folder.
    ///
    /// Sends `signal` to `main` first, as a parent that ends by itself reaps its children; whatever is left is killed.
    func end(asking main: Int32? = nil, with signal: Int32 = SIGKILL) {
        if let main, ProcessTable.serversWorking(in: home).contains(main) {
            sendToAll(signal: SIGCONT)
            kill(main, signal)
            let bound = ContinuousClock.now + .seconds(5)
            while !ProcessTable.serversWorking(in: home).isEmpty, ContinuousClock.now < bound { usleep(2_000) }
        }
        child.withLock { child in child = nil }
        ProcessTable.killServers(in: home)
        folder.remove()
    }
}

/// Why a real server does not do what a test asked of it, with the end of its log.
package struct ServerFailure: Error, CustomStringConvertible {
    package let description: String

    init(_ what: String, log: String) { description = "\(what)\n\(log)" }
}
