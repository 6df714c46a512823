internal import CMicroHTTPD

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
    let daemon = Unmanaged<Daemon>.fromOpaque(context).takeUnretainedValue()
    var mark = RequestMark(stored: stored.pointee)
    let method = RequestMethod(methodName)

    guard mark.isAccepted else {
        if let slot = slot(of: connection) { daemon.register.requestStarted(slot) }
        // The version stands right behind the target, so a target that ends earlier holds a NUL.
        let isWhole = version - path == mark.targetLength + 1
        let refusal: Refusals.Reason? =
            if method == nil { .methodNotAllowed } else { HeadInspection.refusal(of: connection) }
        if let refusal = refusal ?? (isWhole ? nil : .malformedHead) {
            return daemon.refusals[refusal].send(on: connection)
        }
        mark.isAccepted = true
        stored.pointee = mark.stored
        return .YES
    }

    guard let method, bodySize?.pointee == 0 else { return .NO }
    if mark.isHeld { return daemon.resume(connection, stored) }
    let occasion = daemon.room?.occasion ?? 0
    let request = RequestView(
        connection: connection,
        method: method,
        path: path,
        hasQuery: mark.hasQuery,
        listener: daemon.listener
    )
    switch daemon.handler(request) {
    case .page(let page):
        return page.send(on: connection)
    case .held(let question, let patience):
        return daemon.hold(connection, for: question, atMost: patience, since: occasion, stored)
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
    let daemon = Unmanaged<Daemon>.fromOpaque(context).takeUnretainedValue()
    // Let go by a daemon that stops, which then asks nobody for an answer.
    if RequestMark(stored: stored?.pointee).isHeld { _ = daemon.room?.take(slot) }
    // Where descriptors have run out, the next client waits until this connection is gone.
    daemon.register.requestEnded(slot, isKept: daemon.spare.isHeld)
}

/// Called when a connection has been accepted and when it is about to be closed.
func connectionChanged(
    context: UnsafeMutableRawPointer?,
    connection: OpaquePointer?,
    stored: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    change: MHD_ConnectionNotificationCode
) {
    guard let context, let connection, let stored else { return }
    let daemon = Unmanaged<Daemon>.fromOpaque(context).takeUnretainedValue()
    if change == .CONNECTION_NOTIFY_STARTED {
        let slot = daemon.register.opened(descriptor: mhdx_descriptor(connection), daemon: daemon.number)
        // One more than the slot, as none must not look like slot 0.
        stored.pointee = UnsafeMutableRawPointer(bitPattern: slot + 1)
        daemon.spare.restore()
    } else if let slot = slot(of: connection) {
        daemon.register.closed(slot)
    }
}

func slot(of connection: OpaquePointer) -> ConnectionTable.Slot? {
    let stored = Int(bitPattern: mhdx_socket_context(connection))
    return stored == 0 ? nil : stored - 1
}
