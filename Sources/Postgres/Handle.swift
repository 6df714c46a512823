internal import CPostgreSQL
internal import Transport

/// Owns one `PGconn`, and is the only place where libpq is called about it.
///
/// Nothing here waits: the socket is non-blocking throughout, and `hostaddr` keeps libpq from looking names up. Only files
/// are read, those of certificates; parsing a bundle of issuers takes libpq 25 ms at each login.
struct Handle: ~Copyable {
    /// What a login waits for.
    enum Step {
        case readable
        case writable
        case done
        case failed
    }

    /// Where a login stands.
    enum Stage {
        case connecting
        /// The server has been asked whether it speaks TLS.
        case negotiating
        case securing
        /// The server says what proof of identity it wants.
        case authenticating
        /// It has let us in, and says what there is to say about the session.
        case settingUp
    }

    /// What an answer consists of, in the server's order.
    enum Reply: Sendable {
        /// A row's first columns; nil stands for NULL. Values are cut at ``longestValue``.
        case row([String?])
        /// A statement is done.
        case completed
        /// A statement failed.
        case failed(ServerError)
        /// The server has come to our `Sync`.
        case synchronised
        /// Something that no query of ours brings, as COPY.
        case other
        /// The answer is complete.
        case end
    }

    /// Bytes of a value that are looked at; what follows is of no use to a check.
    static let longestValue = 65_536
    private static let mostColumns = 8

    private let library: libpq
    private let connection: OpaquePointer?

    /// Begins to connect; what goes wrong shows as ``Step/failed`` at once.
    ///
    /// - Throws: where there is no libpq.
    init(_ parameters: [(name: String, value: String)]) throws(TransportFailure) {
        let library = try libpq.loaded()
        self.library = library
        connection = withArrayOfCStrings(parameters.map(\.name)) { names in
            withArrayOfCStrings(parameters.map(\.value)) { values in
                library.PQconnectStartParams(names, values, 0)
            }
        }
        // With the SQLSTATE in it the text can be read whatever the language (there is no accessor for a login's code).
        _ = library.PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
        _ = library.PQsetNoticeReceiver(connection, ignoreNotice, nil)
        _ = library.PQsetnonblocking(connection, 1)
    }

    deinit {
        // Says Terminate to a session that stands, then closes.
        library.PQfinish(connection)
    }

    /// Nil where libpq could not allocate anything, or has closed it.
    var socket: Int32? {
        let socket = library.PQsocket(connection)
        return socket >= 0 ? socket : nil
    }

    /// libpq's account of what failed; earlier attempts of the same login come first.
    var errorText: String { library.PQerrorMessage(connection).map { String(cString: $0) } ?? "" }

    /// Whether the login failed for want of a password.
    var needsPassword: Bool { library.PQconnectionNeedsPassword(connection) == 1 }

    /// Whether the login stands; false once libpq has learnt that the connection is gone.
    var isStanding: Bool { library.PQstatus(connection) == CONNECTION_OK }

    var isEncrypted: Bool { library.PQsslInUse(connection) == 1 }
}

// MARK: - Login

extension Handle {
    var stage: Stage {
        switch library.PQstatus(connection) {
        case CONNECTION_STARTED: .connecting
        case CONNECTION_SSL_STARTUP: isEncrypted ? .securing : .negotiating
        case CONNECTION_AWAITING_RESPONSE: .authenticating
        default: .settingUp
        }
    }

    mutating func proceed() -> Step {
        switch library.PQconnectPoll(connection) {
        case PGRES_POLLING_READING: .readable
        case PGRES_POLLING_WRITING: .writable
        case PGRES_POLLING_OK: .done
        default: .failed
        }
    }
}

// MARK: - Exchange

extension Handle {
    /// Sends a `Sync`: the server, and a pooler's server too, must answer that it is ready.
    mutating func sendSync() -> Bool {
        library.PQenterPipelineMode(connection) == 1 && library.PQpipelineSync(connection) == 1
    }

    /// Sends statements in one message; rows are then handed out one by one.
    mutating func send(_ statements: String) -> Bool {
        library.PQsendQuery(connection, statements) == 1 && library.PQsetSingleRowMode(connection) == 1
    }

    /// Sends what is buffered, as far as the socket takes it; nil for failure.
    ///
    /// - Returns: whether all is sent.
    mutating func flush() -> Bool? {
        switch library.PQflush(connection) {
        case 0: true
        case 1: false
        default: nil
        }
    }

    /// Takes what the socket holds.
    ///
    /// - Returns: whether the connection still stands.
    mutating func receive() -> Bool { library.PQconsumeInput(connection) == 1 }

    /// The next part of the answer; nil while it has not come.
    mutating func nextReply() -> Reply? {
        while let notification = library.PQnotifies(connection) { library.PQfreemem(notification) }
        guard library.PQisBusy(connection) == 0 else { return nil }
        guard let result = library.PQgetResult(connection) else { return .end }
        defer { library.PQclear(result) }
        switch library.PQresultStatus(result) {
        case PGRES_SINGLE_TUPLE: return .row(firstRow(of: result))
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return .completed
        case PGRES_PIPELINE_SYNC: return .synchronised
        case PGRES_FATAL_ERROR: return .failed(error(of: result))
        default: return .other
        }
    }

    /// Whether the session is in no transaction, as the last ReadyForQuery had it; asked after an answer is complete.
    mutating func isIdle() -> Bool {
        if library.PQpipelineStatus(connection) != PQ_PIPELINE_OFF { _ = library.PQexitPipelineMode(connection) }
        return library.PQtransactionStatus(connection) == PQTRANS_IDLE
    }

    private func firstRow(of result: OpaquePointer) -> [String?] {
        (0..<min(library.PQnfields(result), Int32(Self.mostColumns)))
            .map { column in
                guard library.PQgetisnull(result, 0, column) == 0, let value = library.PQgetvalue(result, 0, column)
                else { return nil }
                let length = min(Int(library.PQgetlength(result, 0, column)), Self.longestValue)
                return value.withMemoryRebound(to: UInt8.self, capacity: length) {
                    String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
                }
            }
    }

    private func error(of result: OpaquePointer) -> ServerError {
        func field(_ code: UnicodeScalar) -> String? {
            library.PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
        }
        // libpq's own failures have neither field.
        return ServerError(
            sqlState: field("C") ?? "",
            message: field("M") ?? library.PQresultErrorMessage(result).map { String(cString: $0) } ?? ""
        )
    }
}

/// Keeps libpq from printing notices to stderr.
private func ignoreNotice(_: UnsafeMutableRawPointer?, _: OpaquePointer?) {}

/// Lends texts as C takes them: an array of pointers with a null at its end.
private func withArrayOfCStrings<Result>(
    _ texts: [String],
    _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
    let sizes = texts.map { $0.utf8.count + 1 }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: sizes.reduce(0, +)) { bytes in
        withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: texts.count + 1) { pointers in
            var place = bytes.baseAddress!
            for (index, text) in texts.enumerated() {
                text.withCString { place.update(from: $0, count: sizes[index]) }
                pointers.initializeElement(at: index, to: UnsafePointer(place))
                place += sizes[index]
            }
            pointers.initializeElement(at: texts.count, to: nil)
            return body(UnsafePointer(pointers.baseAddress!))
        }
    }
}
