/// What a server answered: its final head, and as much of the body as was taken.
package struct HTTPResponse: Sendable {
    /// The most of a body that is taken, in bytes; then the connection is closed.
    package static let longestBody = 64 * 1024
    /// The most of all heads together, interim ones included, in bytes; an answer with more is malformed.
    package static let longestHead = 64 * 1024

    /// 200 to 999.
    package let status: Int
    /// The value of the `Location` header, as it came.
    package let location: String?
    /// Without content decoding: what nobody asked to be compressed is not unpacked.
    package let body: [UInt8]
    /// Whether the body is longer than what was taken of it.
    package let isTruncated: Bool
    /// When the first of the certificates ends that the server is trusted by; nil without TLS.
    package let certificateEnd: CertificateEnd?
    /// Whether the server asked for a certificate of ours and got none.
    package let lacksCertificate: Bool
}
