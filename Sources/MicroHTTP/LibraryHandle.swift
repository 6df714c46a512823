/// A handle of libmicrohttpd that several threads hold: a daemon, a response, or a connection.
///
/// The one unchecked conformance of this target. A response is complete before its ``Page`` is seen by a second thread,
/// is never changed afterwards, and its reference count is guarded by the response's own mutex (response.c). A daemon is
/// touched by its ``Daemon`` alone, under that object's lock, by calls which the manual allows from any thread. A
/// connection is one that is suspended: its daemon leaves it alone until the ``WaitingRoom`` has it resumed, once, by a call
/// which the manual allows from any thread.
struct LibraryHandle: @unchecked Sendable {
    let pointer: OpaquePointer
}
