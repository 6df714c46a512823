internal import Glibc
internal import Transport

/// Looks at what a server says in clear before libpq takes it from the socket.
///
/// libpq 15 sends the password as it is to any server that asks, as one in the middle would. And a server speaks in turn
/// until it lets us in: of two messages at once libpq would take the second, unseen, from its own buffer.
struct PlaintextGuard {
    enum Verdict: Hashable {
        case harmless
        /// Too little has come to tell; the socket becomes readable again once there is enough, or the end.
        case undecided
        case refused(TransportFailure)
    }

    private let forbidsClearText: Bool
    private var isUndecided = false

    init(forbidsClearText: Bool) {
        self.forbidsClearText = forbidsClearText
    }

    /// Judges what waits in the socket.
    mutating func judge(_ socket: Int32, at stage: Handle.Stage) -> Verdict {
        guard stage == .negotiating || stage == .authenticating else { return .harmless }
        return withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { space in
            let count = recv(socket, space.baseAddress!, space.count, Int32(MSG_PEEK | MSG_DONTWAIT))
            guard count > 0 else { return .harmless }
            let verdict = judge(UnsafeRawBufferPointer(rebasing: space[..<count]), at: stage)
            if verdict == .undecided {
                // Woken with too little once more, it is the end.
                if isUndecided { return .harmless }
                require(bytes: Int32(Self.request.count), on: socket)
            } else if isUndecided {
                require(bytes: 1, on: socket)
            }
            isUndecided = verdict == .undecided
            if case .refused = verdict {
                // Closed over unread bytes it would be reset, which servers write to their logs.
                _ = recv(socket, space.baseAddress!, space.count, Int32(MSG_DONTWAIT))
            }
            return verdict
        }
    }

    private func require(bytes: Int32, on socket: Int32) {
        var bytes = bytes
        setsockopt(socket, SOL_SOCKET, SO_RCVLOWAT, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }

    private static let outOfTurn = TransportFailure(.login, .malformed, "the server speaks out of turn")
    private static let clearText = TransportFailure(
        .secure,
        .unsupported,
        "the server asks for the password in clear text without TLS (sslmode=disable allows it)"
    )

    /// `R`, its length of 8, and 3 for a password in clear (PostgreSQL manual section 55.7).
    private static let request: [UInt8] = [UInt8(ascii: "R"), 0, 0, 0, 8, 0, 0, 0, 3]

    func judge(_ bytes: UnsafeRawBufferPointer, at stage: Handle.Stage) -> Verdict {
        // The answer to SSLRequest is one byte, or an error that closes.
        if stage == .negotiating {
            let isAnswer = bytes[0] == UInt8(ascii: "S") || bytes[0] == UInt8(ascii: "N")
            return isAnswer && bytes.count > 1 ? .refused(Self.outOfTurn) : .harmless
        }
        guard bytes[0] == Self.request[0] else { return .harmless }
        guard bytes.count >= Self.request.count else { return .undecided }
        if bytes.starts(with: Self.request), forbidsClearText { return .refused(Self.clearText) }
        let length = number(bytes[1...4])
        // After AuthenticationOk (0), and after a SASLFinal (12) that proves the server to know the password's verifier,
        // no password is sent any more.
        let isLast = [0, 12].contains(number(bytes[5...8]))
        return isLast || bytes.count <= length + 1 ? .harmless : .refused(Self.outOfTurn)
    }

    private func number(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int {
        bytes.reduce(0) { $0 << 8 | Int($1) }
    }
}
