internal import Glibc
internal import Transport

/// Keeps a password from being sent as it is where anybody on the way could read it.
///
/// libpq 15 sends it to any server that asks, as one in the middle would. So what the server says is looked at before
/// libpq takes it from the socket.
enum PlaintextGuard {
    enum Verdict {
        case harmless
        /// libpq would reveal the password.
        case asksForClearText
        /// Too little has come to tell.
        case undecided
    }

    static let failure = TransportFailure(
        .secure,
        .unsupported,
        "the server asks for the password in clear text without TLS (sslmode=disable allows it)"
    )

    /// Judges what waits in the socket.
    ///
    /// While it is undecided the socket becomes readable only with a whole request, or with the end, so that the rest of
    /// a request cannot reach libpq unseen.
    static func judge(_ socket: Int32, isLast: Bool) -> Verdict {
        let verdict = withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { space in
            let count = recv(socket, space.baseAddress!, space.count, Int32(MSG_PEEK | MSG_DONTWAIT))
            return count > 0 ? judge(UnsafeRawBufferPointer(rebasing: space[..<count])) : .harmless
        }
        var needed = verdict == .undecided ? Int32(request.count) : 1
        setsockopt(socket, SOL_SOCKET, SO_RCVLOWAT, &needed, socklen_t(MemoryLayout<Int32>.size))
        return verdict == .undecided && isLast ? .harmless : verdict
    }

    /// Takes what waits in the socket: closed over unread bytes it would be reset, which servers write to their logs.
    static func drain(_ socket: Int32) {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { space in
            _ = recv(socket, space.baseAddress!, space.count, Int32(MSG_DONTWAIT))
        }
    }

    /// `R`, its length of 8, and 3 for a password in clear (PostgreSQL manual section 55.7).
    private static let request: [UInt8] = [UInt8(ascii: "R"), 0, 0, 0, 8, 0, 0, 0, 3]

    /// A server speaks in turn until it lets us in: more than one message at once is a trap, as libpq would take the
    /// second, unseen, from its own buffer.
    static func judge(_ bytes: UnsafeRawBufferPointer) -> Verdict {
        // "No TLS here", in answer to SSLRequest.
        if bytes[0] == UInt8(ascii: "N") { return bytes.count > 1 ? .asksForClearText : .harmless }
        guard bytes[0] == request[0] else { return .harmless }
        guard bytes.count >= request.count else { return .undecided }
        if bytes.starts(with: request) { return .asksForClearText }
        let length = number(bytes[1...4])
        // After AuthenticationOk (0), and after a SASLFinal (12) that proves the server to know the password's verifier,
        // no password is sent any more.
        let isLast = [0, 12].contains(number(bytes[5...8]))
        return isLast || bytes.count <= length + 1 ? .harmless : .asksForClearText
    }

    private static func number(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int {
        bytes.reduce(0) { $0 << 8 | Int($1) }
    }
}
