internal import Glibc
internal import Synchronization
package import Transport

/// A session with a server; ends with its last reference, politely where it stands.
///
/// Only one task may use it at a time. Every method waits at most until its deadline.
package final class Connection: Sendable {
    /// Nobody contends for it: it is what makes libpq's handle safe to keep between two probes.
    private let handle: Mutex<Handle>
    /// Where the server is.
    package let address: Address

    private init(_ parameters: LoginParameters, to address: Address) throws(PostgresFailure) {
        self.address = address
        do throws(TransportFailure) {
            handle = Mutex(try Handle(parameters.keywords(for: address)))
        } catch {
            throw .transport(error)
        }
    }
}

// MARK: - Login

extension Connection {
    /// Connects to the first address that answers, and logs in there.
    ///
    /// The addresses are tried one after another: while there is a next one, an address has ``patience(_:for:)`` to
    /// answer. Whatever happens after a connection stands is final.
    /// - Throws: `connect.*`, `secure.*`, `login.*`, `configure.*` for the user's certificate files, or what the server said.
    package static func login(
        _ parameters: LoginParameters,
        to addresses: [Address],
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(PostgresFailure) -> Connection {
        try checkCertificate(parameters)
        var failure = PostgresFailure.transport(TransportFailure(.resolve, .notFound, "no address"))
        for (index, address) in addresses.enumerated() {
            let left = loop.now.duration(to: deadline)
            let patience = loop.now + patience(left, for: addresses.count - index)
            let connection = try Connection(parameters, to: address)
            do throws(PostgresFailure) {
                try await connection.logIn(parameters, to: address, connectBy: patience, until: deadline, on: loop)
                return connection
            } catch {
                guard case .transport(let cause) = error, cause.stage == .connect, loop.now < deadline,
                    !Task.isCancelled
                else { throw error }
                failure = error
            }
        }
        throw failure
    }

    /// Without its file, libpq would go on as if no certificate had been named.
    private static func checkCertificate(_ parameters: LoginParameters) throws(PostgresFailure) {
        guard let path = parameters.certificate, access(path, R_OK) != 0 else { return }
        let error = errno
        throw .transport(
            TransportFailure(
                .configure,
                error == EACCES ? .denied : .notFound,
                "\(path): \(String(cString: strerror(error)))"
            )
        )
    }

    /// How long an address has to answer: a quarter of the time, 250 ms at least, and never more than its share.
    static func patience(_ left: Duration, for addresses: Int) -> Duration {
        addresses == 1 ? left : min(max(left / 4, Connector.raceDelay), left / addresses)
    }

    private func logIn(
        _ parameters: LoginParameters,
        to address: Address,
        connectBy patience: ContinuousClock.Instant,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(PostgresFailure) {
        var readiness = try ReadinessWait(on: loop)
        var guardian = PlaintextGuard(
            forbidsClearText: parameters.password != nil && !parameters.allowsClearText(to: address)
        )
        var interest = Readiness.writable
        var bound = patience
        while true {
            let (socket, stage, isEncrypted) = handle.withLock { ($0.socket, $0.stage, $0.isEncrypted) }
            guard let socket else { throw loginFailure() }
            // libpq may connect once more, without TLS: the address has answered then.
            if stage != .connecting { bound = deadline }
            try await readiness.wait(for: interest, of: socket, at: stage.transportStage, until: bound, on: loop)
            if !isEncrypted {
                switch guardian.judge(socket, at: stage) {
                case .harmless: break
                case .undecided: continue
                case .refused(let failure): throw refusal(failure)
                }
            }
            switch handle.withLock({ $0.proceed() }) {
            case .readable: interest = .readable
            case .writable: interest = .writable
            case .done: return
            case .failed: throw loginFailure()
            }
        }
    }

    /// After a refusal over TLS, upon which `prefer` tries without, that refusal is the news.
    private func refusal(_ failure: TransportFailure) -> PostgresFailure {
        let text = handle.withLock { $0.errorText }
        return ServerError(in: text).map { .server($0, at: .login) } ?? .transport(failure)
    }

    private func loginFailure() -> PostgresFailure {
        let (text, needsPassword, isEncrypted) = handle.withLock { ($0.errorText, $0.needsPassword, $0.isEncrypted) }
        if let error = ServerError(in: text) { return .server(error, at: .login) }
        if needsPassword { return .transport(TransportFailure(.login, .required, "the server asks for a password")) }
        return .transport(TransportFailure(loginText: text, isEncrypted: isEncrypted))
    }
}

extension Handle.Stage {
    fileprivate var transportStage: TransportFailure.Stage {
        switch self {
        case .connecting: .connect
        case .securing: .secure
        case .negotiating, .authenticating, .settingUp: .login
        }
    }
}

// MARK: - Exchange

extension Connection {
    /// Asks the server, through a pooler too, whether it is ready for a query.
    ///
    /// - Throws: `exchange.*`, or what the server said.
    package func synchronise(
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(PostgresFailure) {
        guard handle.withLock({ $0.sendSync() }) else { throw exchangeFailure() }
        _ = try await answer(until: deadline, on: loop)
        try checkIdle()
    }

    /// Runs statements, sent in one message, to their end.
    ///
    /// - Returns: the first row of each statement that gave one: its first columns, nil for NULL.
    /// - Throws: `exchange.*`, or what the server said. At `exchange.timed_out` the statements may still run: hand the
    ///   connection to a ``Straggler``.
    package func run(
        _ statements: String,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(PostgresFailure) -> [[String?]] {
        guard handle.withLock({ $0.send(statements) }) else { throw exchangeFailure() }
        let rows = try await answer(until: deadline, on: loop)
        try checkIdle()
        return rows
    }

    /// Whether the session can be asked again.
    package var isStanding: Bool { handle.withLock { $0.isStanding && $0.isIdle() } }

    /// Waits until `deadline` while nothing is asked, or until the server ends the session.
    ///
    /// - Returns: whether it is at an end; what a server tells of itself meanwhile does not end it.
    package func isEnded(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> Bool {
        do throws(PostgresFailure) {
            var readiness = try ReadinessWait(on: loop)
            while true {
                guard let socket = handle.withLock({ $0.socket }) else { return true }
                try await readiness.wait(for: .readable, of: socket, at: .exchange, until: deadline, on: loop)
                guard handle.withLock({ $0.receive() && $0.nextReply() != nil && $0.isStanding }) else { return true }
            }
        } catch {
            return loop.now < deadline && !Task.isCancelled
        }
    }

    /// Waits for the end of the answer that is under way, whatever it is.
    func drain(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async throws(PostgresFailure) {
        _ = try await answer(until: deadline, on: loop)
    }

    private func answer(
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(PostgresFailure) -> [[String?]] {
        var readiness = try ReadinessWait(on: loop)
        var rows: [[String?]] = []
        var isFirstRow = true
        var failure: ServerError?
        while true {
            guard let isSent = handle.withLock({ $0.flush() }) else { throw exchangeFailure() }
            while let reply = handle.withLock({ $0.nextReply() }) {
                switch reply {
                case .row(let row):
                    if isFirstRow { rows.append(row) }
                    isFirstRow = false
                case .completed: isFirstRow = true
                case .failed(let error) where error.sqlState.isEmpty: throw exchangeFailure(error.message)
                case .failed(let error): failure = failure ?? error
                case .other: throw .transport(TransportFailure(.exchange, .unexpected, "an answer that is no rows"))
                case .synchronised: return rows
                case .end:
                    if let failure { throw .server(failure, at: .exchange) }
                    return rows
                }
            }
            guard let socket = handle.withLock({ $0.socket }) else { throw exchangeFailure() }
            let interest: Readiness = isSent ? .readable : [.readable, .writable]
            try await readiness.wait(for: interest, of: socket, at: .exchange, until: deadline, on: loop)
            guard handle.withLock({ $0.receive() }) else { throw exchangeFailure() }
        }
    }

    private func checkIdle() throws(PostgresFailure) {
        guard handle.withLock({ $0.isIdle() }) else {
            throw .transport(TransportFailure(.exchange, .unexpected, "the session is left in a transaction"))
        }
    }

    /// A server's last word may come together with the end of the connection.
    private func exchangeFailure(_ text: String? = nil) -> PostgresFailure {
        let text = text ?? handle.withLock { $0.errorText }
        return ServerError(in: text).map { .server($0, at: .exchange) }
            ?? .transport(TransportFailure(exchangeText: text))
    }
}
