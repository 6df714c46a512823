internal import CMicroHTTPD

/// An answer that is ready to be sent, to any number of clients at once: status, headers, body.
///
/// Making one copies the body; sending one allocates nothing. It goes when neither Swift nor an answer that is still on
/// its way refers to it.
package final class Page: Sendable {
    package let status: Int
    private let response: LibraryHandle

    /// The server adds `Date`, `Content-Length` and `Connection`. `Connection: close` among `headers` ends keep-alive.
    /// - Parameters:
    ///   - contentType: nil where there is no body.
    ///   - headers: constants of the program: a name or value that no header may have is a programming error.
    package init(
        status: Int,
        contentType: String? = nil,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        let made = body.withUnsafeBytes { bytes in
            // The library copies and does not write, though its signature allows it to.
            MHD_create_response_from_buffer(
                bytes.count,
                UnsafeMutableRawPointer(mutating: bytes.baseAddress),
                .RESPMEM_MUST_COPY
            )
        }
        guard let made else { preconditionFailure("out of memory for a page of \(body.count) bytes") }
        for (name, value) in (contentType.map { [("Content-Type", $0)] } ?? []) + headers {
            let isAdded = MHD_add_response_header(made, name, value)
            precondition(isAdded == .YES, "\(name) is no header that can be sent")
        }
        self.status = status
        response = LibraryHandle(pointer: made)
    }

    deinit { MHD_destroy_response(response.pointer) }

    func send(on connection: OpaquePointer) -> MHD_Result {
        MHD_queue_response(connection, UInt32(status), response.pointer)
    }
}
