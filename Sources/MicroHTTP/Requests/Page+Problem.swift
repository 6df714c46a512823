internal import CMicroHTTPD

extension Page {
    /// An error that the gateway itself answers, as `application/problem+json` (RFC 9457) without a type of its own.
    ///
    /// The title is the status code's phrase, as the RFC asks for where the type is `about:blank`.
    /// - Parameter detail: what the reader can do about it; never anything that came with the request.
    package static func problem(status: Int, detail: String, headers: [(name: String, value: String)] = []) -> Page {
        let title = String(cString: MHD_get_reason_phrase_for(UInt32(status)))
        let body = #"{"type":"about:blank","title":\#(quoted(title)),"status":\#(status),"detail":\#(quoted(detail))}"#
        return Page(
            status: status,
            contentType: "application/problem+json",
            headers: [("Cache-Control", "no-store")] + headers,
            body: Array("\(body)\n".utf8)
        )
    }
}

private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\u{0}"..<" ":
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
