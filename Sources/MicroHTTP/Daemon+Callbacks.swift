internal import CMicroHTTPD
internal import Glibc

// What libmicrohttpd calls, always on the daemon's own thread. File-scope functions: a closure would be isolated to the
// actor it is written in, and trap here.

/// Called twice for a request: when its head is complete, and to be answered; once more where the answer was held back.
///
/// What is answered in the first call closes its connection and has the body left unread: right for refusals, wrong for
/// everything else.
func answer(
    context: UnsafeMutableRawPointer?,
    connection: OpaquePointer?,
    path: UnsafePointer<CChar>?,
    methodName: UnsafePointer<CChar>?,
    version: UnsafePointer<CChar>?,
    body: UnsafePointer<CChar>?,
    bodySize: UnsafeMutablePointer<Int>?,
    stored: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let context, let connection, let path, let methodName, let version, let stored else { return .NO }
    let mark = RequestMark(stored: stored.pointee)
    return withDaemon(context) { daemon in
        guard let method = mark.method else {
            // The version stands right behind the target, so a target that ends earlier holds a NUL.
            let isWhole = version - path == mark.targetLength + 1
            return daemon.admit(connection, RequestMethod(methodName), isWhole: isWhole, stored)
        }
        guard bodySize?.pointee == 0 else { return .NO }
        if mark.isHeld { return daemon.resume(connection, stored) }
        let request = RequestView(
            connection: connection,
            method: method,
            path: UnsafeRawBufferPointer(start: path, count: mark.hasQuery ? strlen(path) : mark.targetLength),
            hasQuery: mark.hasQuery,
            listener: daemon.listener
        )
        return daemon.answer(request, stored)
    }
}

extension Daemon {
    /// Lets a request in, to be answered in the next call, or refuses it.
    fileprivate func admit(
        _ connection: OpaquePointer,
        _ method: RequestMethod?,
        isWhole: Bool,
        _ stored: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    ) -> MHD_Result {
        if let slot = slot(of: connection) { register.requestStarted(slot) }
        let refusal: Refusals.Reason? =
            if method == nil { .methodNotAllowed } else { HeadInspection.refusal(of: connection) }
        if let refusal = refusal ?? (isWhole ? nil : .malformedHead) {
            return refusals[refusal].send(on: connection)
        }
        var mark = RequestMark(stored: stored.pointee)
        mark.method = method
        stored.pointee = mark.stored
        return .YES
    }

    fileprivate func answer(
        _ request: borrowing RequestView,
        _ stored: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    ) -> MHD_Result {
        let occasion = room?.occasion ?? 0
        switch handler(request) {
        case .page(let page):
            return page.send(on: request.connection)
        case .held(let question, let patience):
            return hold(request.connection, for: question, atMost: patience, since: occasion, stored)
        }
    }
}

/// Called with the request's target, before it is cut at its `?`; what is returned becomes the request's stored value.
func targetRead(
    context: UnsafeMutableRawPointer?,
    target: UnsafePointer<CChar>?,
    connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let target else { return nil }
    var length = 0
    var hasQuery = false
    while target[length] != 0 {
        if target[length] == CChar(bitPattern: UInt8(ascii: "?")) { hasQuery = true }
        length += 1
    }
    return RequestMark(targetLength: length, hasQuery: hasQuery).stored
}

/// Called when an answer has been written or given up.
func requestEnded(
    context: UnsafeMutableRawPointer?,
    connection: OpaquePointer?,
    stored: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    cause: MHD_RequestTerminationCode
) {
    guard let context, let connection, let slot = slot(of: connection) else { return }
    withDaemon(context) { daemon in
        // Let go by a daemon that stops, which then asks nobody for an answer.
        if RequestMark(stored: stored?.pointee).isHeld { _ = daemon.room?.take(slot) }
        // Where descriptors have run out, the next client waits until this connection is gone.
        daemon.register.requestEnded(slot, isKept: daemon.spare.isHeld)
    }
}

/// Called when a connection has been accepted and when it is about to be closed.
func connectionChanged(
    context: UnsafeMutableRawPointer?,
    connection: OpaquePointer?,
    stored: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    change: MHD_ConnectionNotificationCode
) {
    guard let context, let connection, let stored else { return }
    withDaemon(context) { daemon in
        if change == .CONNECTION_NOTIFY_STARTED {
            let slot = daemon.register.opened(descriptor: mhdx_descriptor(connection), daemon: daemon.number)
            // One more than the slot, as none must not look like slot 0.
            stored.pointee = UnsafeMutableRawPointer(bitPattern: slot + 1)
            daemon.spare.restore()
        } else if let slot = slot(of: connection) {
            daemon.register.closed(slot)
        }
    }
}

/// Lends the daemon that the library was given, which outlives all calls: retaining it for each would cost more than most of
/// them do.
private func withDaemon<Result>(_ context: UnsafeMutableRawPointer, _ body: (Daemon) -> Result) -> Result {
    Unmanaged<Daemon>.fromOpaque(context)._withUnsafeGuaranteedRef(body)
}

func slot(of connection: OpaquePointer) -> ConnectionTable.Slot? {
    let stored = Int(bitPattern: mhdx_socket_context(connection))
    return stored == 0 ? nil : stored - 1
}
