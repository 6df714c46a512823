internal import CMicroHTTPD
internal import Glibc

/// What one pass over a request's headers found, as far as it decides whether the request is let in.
///
/// The library believes whichever of several lengths comes first, prefers a transfer coding to a length, and takes
/// `Content-Length : 5` for some other header. None of that matters once every request with a body is refused and its
/// connection closed, as no byte can then be read as another request's.
struct HeadInspection {
    private var hosts = 0
    private var hasBody = false
    private var hasTransferCoding = false
    private var hasMalformedName = false

    /// The method has been accepted before, the order of CONTRACT section 6.
    static func refusal(of connection: OpaquePointer) -> Refusals.Reason? {
        var inspection = HeadInspection()
        withUnsafeMutablePointer(to: &inspection) {
            _ = MHD_get_connection_values_n(connection, .HEADER_KIND, inspectHeader, $0)
        }
        if inspection.hasBody { return .bodyNotAccepted }
        if inspection.hasTransferCoding { return .codingNotAccepted }
        return inspection.hosts > 1 || inspection.hasMalformedName ? .malformedHead : nil
    }

    fileprivate mutating func inspect(name: UnsafeBufferPointer<CChar>, value: UnsafeBufferPointer<CChar>) {
        if isEqual(name, "Content-Length") {
            if !(value.count == 1 && value[0] == CChar(bitPattern: UInt8(ascii: "0"))) { hasBody = true }
        } else if isEqual(name, "Transfer-Encoding") {
            hasTransferCoding = true
        } else if isEqual(name, "Host") {
            hosts += 1
        } else {
            // A space before the colon, which RFC 9112 section 5.1 demands be refused, or a control character.
            if name.isEmpty { hasMalformedName = true }
            for byte in name where (0...0x20).contains(UInt8(bitPattern: byte)) { hasMalformedName = true }
        }
    }
}

private func inspectHeader(
    inspection: UnsafeMutableRawPointer?,
    kind: MHD_ValueKind,
    name: UnsafePointer<CChar>?,
    nameSize: Int,
    value: UnsafePointer<CChar>?,
    valueSize: Int
) -> MHD_Result {
    inspection?.assumingMemoryBound(to: HeadInspection.self).pointee
        .inspect(
            name: UnsafeBufferPointer(start: name, count: name == nil ? 0 : nameSize),
            value: UnsafeBufferPointer(start: value, count: value == nil ? 0 : valueSize)
        )
    return .YES
}

private func isEqual(_ name: UnsafeBufferPointer<CChar>, _ wanted: StaticString) -> Bool {
    guard let start = name.baseAddress, name.count == wanted.utf8CodeUnitCount else { return false }
    return strncasecmp(start, wanted.cString, name.count) == 0
}
