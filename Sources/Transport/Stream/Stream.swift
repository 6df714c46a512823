internal import Glibc

/// A connection to a server, plain or over TLS; lives on its loop and closes with its last reference.
///
/// Every method waits at most until its deadline. Failures name the ``stage`` that the conversation is at.
package final class Stream {
    /// How far the conversation has come; the owner moves it on, from connect over login to exchange.
    package var stage: TransportFailure.Stage = .exchange

    private let loop: EventLoop
    private let token: Token
    private let descriptor: Int32
    private var tls: TLSSession?

    private init(token: Token, on loop: isolated EventLoop) {
        self.loop = loop
        self.token = token
        descriptor = loop.descriptor(of: token)
    }

    /// Connects to the first address of an endpoint that answers.
    ///
    /// - Throws: `resolve.*` and `connect.*`.
    package static func connect(
        to endpoint: Endpoint,
        by connector: Connector,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) -> Stream {
        let (token, _) = try await connector.connect(to: endpoint, until: deadline, on: loop)
        return Stream(token: token, on: loop)
    }

    deinit {
        tls?.close()
        drainBeforeClose()
        loop.assumeIsolated { [token] in $0.remove(token) }
    }

    /// When the first of the certificates ends that the server is trusted by; nil without TLS.
    package var certificateEnd: CertificateEnd? { tls?.certificateEnd }

    /// The server's address, less its port; nil for a unix socket, and once the connection has broken.
    package var peer: Address? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getpeername(descriptor, $0, &size) == 0 ? Address(ip: $0) : nil
            }
        }
    }

    /// Turns the rest of the conversation to TLS; possible once, at any time.
    ///
    /// - Parameter name: the name, or address literal, that the server's certificate must be for.
    /// - Throws: `secure.*`.
    package func startTLS(
        _ context: TLSContext,
        name: String,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) {
        precondition(tls == nil, "TLS was started twice on one stream")
        let session = try TLSSession(context: context, descriptor: descriptor, name: name)
        while true {
            switch session.handshake() {
            case .done:
                tls = consume session
                return
            case .end: throw TransportFailure(.secure, .closed)
            case .wants(let readiness): try await wait(for: readiness, at: .secure, until: deadline, on: loop)
            case .failed(let failure): throw failure
            }
        }
    }

    /// Sends all of `bytes`.
    package func send(
        _ bytes: [UInt8],
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) {
        var sent = 0
        while sent < bytes.count {
            switch write(bytes, from: sent) {
            case .done(let count): sent += count
            case .end: throw TransportFailure(stage, .closed)
            case .wants(let readiness): try await wait(for: readiness, at: stage, until: deadline, on: loop)
            case .failed(let failure): throw failure
            }
        }
    }

    /// Receives what comes next and appends it to `buffer`, at most `limit` bytes, nor more than some kilobytes.
    ///
    /// - Returns: how many bytes came; 0 when the other side has ended the conversation.
    package func receive(
        into buffer: inout [UInt8],
        atMost limit: Int = .max,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) -> Int {
        while true {
            switch read(into: &buffer, atMost: limit, on: loop) {
            case .done(let count): return count
            case .end: return 0
            case .wants(let readiness): try await wait(for: readiness, at: stage, until: deadline, on: loop)
            case .failed(let failure): throw failure
            }
        }
    }

    /// Sends what the socket takes of these words, without waiting; for whoever leaves in any case.
    package func sayLast(_ words: [UInt8]) {
        _ = write(words, from: 0)
    }

    /// Sends a question without waiting: what the socket does not take at once, behind answers that have all come, is lost, and
    /// its answer never comes.
    package func ask(_ question: [UInt8]) throws(TransportFailure) {
        switch write(question, from: 0) {
        case .done, .wants: return
        case .end: throw TransportFailure(stage, .closed)
        case .failed(let failure): throw failure
        }
    }

    /// Takes what has come, without waiting: nil for nothing, no bytes for the end of the conversation.
    package func hear(on loop: isolated EventLoop) throws(TransportFailure) -> [UInt8]? {
        var bytes: [UInt8] = []
        switch read(into: &bytes, on: loop) {
        case .done: return bytes
        case .end: return []
        case .wants(let readiness):
            loop.exhausted(readiness, of: token)
            return nil
        case .failed(let failure): throw failure
        }
    }

    /// Has `step` called at each wake, as ``EventLoop/attend(to:_:step:)`` does; no longer than the stream lasts.
    package func attend(_ first: Attention, on loop: isolated EventLoop, step: @escaping (Wake) -> Attention?) {
        loop.attend(to: token, first, step: step)
    }

    /// Waits for the other side to say something of its own accord.
    ///
    /// - Returns: what came, no bytes for the end of the conversation; nil at the deadline, or when the task is cancelled.
    package func listen(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> [UInt8]? {
        while true {
            do throws(TransportFailure) {
                if let bytes = try hear(on: loop) { return bytes }
            } catch {
                return []
            }
            switch await loop.wait(on: token, for: .readable, until: deadline) {
            case .ready, .signalled: continue
            case .deadline, .cancelled: return nil
            }
        }
    }

    /// Has the kernel look after a connection that is kept: a peer that is gone without a word is noticed within 20 s.
    ///
    /// Questions over it notice one that is silent; this is for the time between them, should that be long.
    package func keep() {
        set(SO_KEEPALIVE, at: SOL_SOCKET, to: 1)
        set(TCP_KEEPIDLE, at: Int32(IPPROTO_TCP), to: 10)
        set(TCP_KEEPINTVL, at: Int32(IPPROTO_TCP), to: 5)
        set(TCP_KEEPCNT, at: Int32(IPPROTO_TCP), to: 2)
        set(TCP_USER_TIMEOUT, at: Int32(IPPROTO_TCP), to: 20_000)
    }

    /// Means nothing for a unix socket, which needs none of it.
    private func set(_ option: Int32, at level: Int32, to value: Int32) {
        var value = value
        _ = setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Says goodbye and waits until the other side has ended the conversation as well, lest it find it broken off.
    ///
    /// - Parameter farewell: the last words in the protocol.
    /// - Throws: what a server says only now, as that it demands a certificate: `secure.*`. To be left without an answer is
    ///   a failure only where it may be such a refusal.
    package func finish(
        saying farewell: [UInt8],
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) {
        do throws(TransportFailure) {
            try await send(farewell, until: deadline, on: loop)
            tls?.close()
            shutdown(descriptor, Int32(SHUT_WR))
        } catch {
            // It has closed already; why, it may have said before.
            guard error.reason == .closed else { throw error }
        }
        var answer: [UInt8] = []
        do throws(TransportFailure) {
            while answer.count < Self.longestFarewell {
                guard try await receive(into: &answer, until: deadline, on: loop) > 0 else { return }
            }
        } catch {
            let isWordless = error.reason == .closed || error.reason == .timedOut
            guard isWordless, tls?.isAwaitingVerdict != true else { throw error }
        }
    }

    /// How much of a server's last words is listened to, in bytes.
    private static let longestFarewell = 65_536

    private func read(
        into buffer: inout [UInt8],
        atMost limit: Int = .max,
        on loop: isolated EventLoop
    ) -> TLSSession.Step {
        let space = UnsafeMutableRawBufferPointer(rebasing: loop.space.prefix(limit))
        let step = tls != nil ? tls!.read(into: space, at: stage) : plainRead(into: space, on: loop)
        if case .done(let count) = step {
            buffer.append(contentsOf: UnsafeRawBufferPointer(rebasing: space[..<count]))
        }
        return step
    }

    /// Asks the kernel only where the loop has heard that there is something: most answers are still to come.
    private func plainRead(into space: UnsafeMutableRawBufferPointer, on loop: isolated EventLoop) -> TLSSession.Step {
        guard loop.isReady(for: .readable, token) else { return .wants(.readable) }
        let count = recv(descriptor, space.baseAddress!, space.count, 0)
        // Fewer bytes than there was space for: there are no more, until the next edge (epoll(7)).
        if count > 0, count < space.count { loop.exhausted(.readable, of: token) }
        return plainStep(count, .readable)
    }

    private func write(_ bytes: [UInt8], from start: Int) -> TLSSession.Step {
        bytes.withUnsafeBytes { bytes in
            let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
            if tls != nil { return tls!.write(rest, at: stage) }
            return plainStep(Glibc.send(descriptor, rest.baseAddress!, rest.count, Int32(MSG_NOSIGNAL)), .writable)
        }
    }

    private func plainStep(_ result: Int, _ readiness: Readiness) -> TLSSession.Step {
        if result > 0 { return .done(result) }
        if result == 0 { return .end }
        let error = SystemError.last
        return error.number == EAGAIN ? .wants(readiness) : .failed(error.brokenFailure(at: stage))
    }

    private func wait(
        for readiness: Readiness,
        at stage: TransportFailure.Stage,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) {
        loop.exhausted(readiness, of: token)
        switch await loop.wait(on: token, for: readiness, until: deadline) {
        case .ready, .signalled: return
        case .deadline: throw TransportFailure(stage, .timedOut)
        case .cancelled: throw TransportFailure(stage, .closed, "cancelled")
        }
    }

    /// Takes what lies unread in the socket: closed over unread bytes, the kernel would send RST instead of FIN, which
    /// servers write to their logs.
    private func drainBeforeClose() {
        shutdown(descriptor, Int32(SHUT_WR))
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { space in
            var rounds = 0
            while rounds < 16, recv(descriptor, space.baseAddress!, space.count, 0) > 0 { rounds += 1 }
        }
    }
}
