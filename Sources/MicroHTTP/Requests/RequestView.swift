internal import CMicroHTTPD
internal import Glibc

/// A request while it is being answered; it cannot be copied out of the handler's call.
///
/// Making one and comparing its path allocates nothing. Everything is as the client wrote it: nothing is decoded, and
/// nothing of it belongs into an answer or, unescaped, into a log.
package struct RequestView: ~Copyable {
    package let method: RequestMethod

    /// The position of the listen address, in the order given to the server, that the client came by.
    package let listener: Int

    /// Whether there is a `?` in the target.
    package let hasQuery: Bool

    let connection: OpaquePointer
    private let path: UnsafeRawBufferPointer

    init(
        connection: OpaquePointer,
        method: RequestMethod,
        path: UnsafeRawBufferPointer,
        hasQuery: Bool,
        listener: Int
    ) {
        self.connection = connection
        self.method = method
        self.hasQuery = hasQuery
        self.listener = listener
        self.path = originForm(path)
    }

    /// The path's bytes, without query: `%2F` is not `/`, and a NUL never gets here. Of an absolute target (`http://host/ready`) what follows the authority; `*` for
    /// `OPTIONS *`.
    package borrowing func withPath<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(path)
    }

    /// The first header of this name, whatever its case.
    package borrowing func header(_ name: String) -> String? {
        MHD_lookup_connection_value(connection, .HEADER_KIND, name).map { String(cString: $0) }
    }

    /// The query's items in their order; `+` has become a space, `%xx` is left to the reader.
    package borrowing func queryItems() -> [QueryItem] {
        var items: [QueryItem] = []
        withUnsafeMutablePointer(to: &items) {
            _ = MHD_get_connection_values(connection, .GET_ARGUMENT_KIND, appendItem, $0)
        }
        return items
    }
}

private func appendItem(
    items: UnsafeMutableRawPointer?,
    kind: MHD_ValueKind,
    name: UnsafePointer<CChar>?,
    value: UnsafePointer<CChar>?
) -> MHD_Result {
    let item = QueryItem(name: name.map { String(cString: $0) } ?? "", value: value.map { String(cString: $0) })
    items?.assumingMemoryBound(to: [QueryItem].self).pointee.append(item)
    return .YES
}

/// What follows the authority of an absolute target, which RFC 9112 section 3.2.2 has every server take; else the target.
private func originForm(_ target: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard let start = target.baseAddress, target.count > 0, target[0] != UInt8(ascii: "/") else { return target }
    let characters = start.assumingMemoryBound(to: CChar.self)
    var position = 0
    for scheme: StaticString in ["http://", "https://"] {
        if strncasecmp(characters, scheme.cString, scheme.utf8CodeUnitCount) == 0 {
            position = scheme.utf8CodeUnitCount
        }
    }
    guard position > 0 else { return target }
    while position < target.count, target[position] != UInt8(ascii: "/") { position += 1 }
    let root: StaticString = "/"
    return position < target.count
        ? UnsafeRawBufferPointer(rebasing: target[position...])
        : UnsafeRawBufferPointer(start: root.utf8Start, count: 1)
}
