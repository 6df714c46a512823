internal import CCurl

/// What libcurl's callbacks find and leave while a transfer runs; outlives libcurl's handles.
final class CurlAnswer {
    let pollSet: PollSet
    private let curl: libcurl
    /// The socket that is connected already, until libcurl takes it; nil where libcurl connects.
    private var socket: Descriptor?
    private let tls: TLSContext?
    private let loop: EventLoop

    /// When libcurl wants to be called though no descriptor is ready.
    private(set) var timer: ContinuousClock.Instant?
    private(set) var isHeadComplete = false
    private(set) var isHeadTooLong = false
    private(set) var location: String?
    private(set) var body: [UInt8] = []
    private(set) var isBodyTruncated = false
    private(set) var certificateEnd: CertificateEnd?
    /// Nil without TLS.
    private(set) var clientProof: ClientProof?
    private var headSize = 0
    /// libcurl's handle, while it runs.
    private var easy: UnsafeMutableRawPointer?

    init(
        _ curl: libcurl,
        socket: consuming Descriptor?,
        tls: TLSContext?,
        on loop: isolated EventLoop
    ) throws(TransportFailure) {
        self.curl = curl
        pollSet = try PollSet(on: loop)
        self.socket = consume socket
        self.tls = tls
        self.loop = loop
    }

    /// Whether libcurl's timer has gone off; it is then gone.
    func takeTimer() -> Bool {
        guard let timer, timer <= loop.now else { return false }
        self.timer = nil
        return true
    }

    fileprivate func setTimer(milliseconds: Int) {
        timer = milliseconds < 0 ? nil : loop.now + .milliseconds(milliseconds)
    }

    /// Takes one line of a head; false where there are too many.
    fileprivate func takeHead(_ line: UnsafeRawBufferPointer) -> Bool {
        headSize += line.count
        isHeadTooLong = headSize > HTTPResponse.longestHead
        if line.starts(with: "HTTP/".utf8) {
            // Another answer begins: the ones before were interim.
            isHeadComplete = false
            location = nil
            noteSecurity()
        } else if line.allSatisfy({ $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }) {
            isHeadComplete = true
        } else if location == nil, !isHeadComplete {
            let field = String(decoding: line, as: UTF8.self)
            let (name, value) = (field.prefix { $0 != ":" }, field.drop { $0 != ":" }.dropFirst())
            if name.lowercased() == "location" { location = value.trimmingWhitespace() }
        }
        return !isHeadTooLong
    }

    /// Takes a piece of the body; false where that is enough.
    fileprivate func takeBody(_ piece: UnsafeRawBufferPointer) -> Bool {
        let room = HTTPResponse.longestBody - body.count
        body.append(contentsOf: piece.prefix(room))
        isBodyTruncated = piece.count > room
        return !isBodyTruncated
    }

    /// Looks at the TLS beneath, while libcurl still has it: with the exchange it closes the connection.
    func noteSecurity() {
        guard let ssl = ccurl_tls(curl, easy).map({ OpaquePointer($0) }) else { return }
        certificateEnd = CertificateEnd(ofChainBehind: ssl)
        clientProof = ClientProof(to: ssl)
    }

    /// Whether an end without a word may be all that comes of a refusal.
    var endsForWantOfCertificate: Bool {
        guard let clientProof, headSize == 0 else { return false }
        return clientProof.isMissing && clientProof.isAwaitingVerdict
    }

    fileprivate func takeSocket() -> Int32 {
        socket.take()?.release() ?? CURL_SOCKET_BAD
    }

    fileprivate func shareTrust(with context: OpaquePointer) -> Bool {
        tls?.share(with: context) ?? false
    }

    /// Has libcurl call back here.
    func attach(easy: UnsafeMutableRawPointer, multi: UnsafeMutableRawPointer) {
        self.easy = easy
        let data = Unmanaged.passUnretained(self).toOpaque()
        for option in [
            CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_OPENSOCKETDATA, CURLOPT_SSL_CTX_DATA,
            CURLOPT_PREREQDATA,
        ] {
            _ = ccurl_set_pointer(curl, easy, option, data)
        }
        _ = ccurl_on_write(curl, easy, CURLOPT_HEADERFUNCTION, onHead)
        _ = ccurl_on_write(curl, easy, CURLOPT_WRITEFUNCTION, onBody)
        if socket != nil {
            _ = ccurl_on_open_socket(curl, easy, onOpenSocket)
            _ = ccurl_on_socket_option(curl, easy, onSocketOption)
        }
        _ = ccurl_on_tls_context(curl, easy, onTLSContext)
        _ = ccurl_on_connected(curl, easy, onConnected)
        ccurl_on_socket(curl, multi, onSocket, data)
        ccurl_on_timer(curl, multi, onTimer, data)
    }
}

private func answer(behind data: UnsafeMutableRawPointer?) -> CurlAnswer {
    Unmanaged<CurlAnswer>.fromOpaque(data!).takeUnretainedValue()
}

private func onHead(_ bytes: UnsafeMutablePointer<CChar>?, _ one: Int, _ count: Int, _ data: UnsafeMutableRawPointer?)
    -> Int
{
    answer(behind: data).takeHead(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
}

private func onBody(_ bytes: UnsafeMutablePointer<CChar>?, _ one: Int, _ count: Int, _ data: UnsafeMutableRawPointer?)
    -> Int
{
    answer(behind: data).takeBody(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
}

private func onOpenSocket(
    _ data: UnsafeMutableRawPointer?,
    _ purpose: curlsocktype,
    _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    answer(behind: data).takeSocket()
}

/// libcurl 7.88 calls `connect()` all the same. Linux then says that it worked, as it says once to whoever asks after a
/// connection that was in progress when the first call returned.
private func onSocketOption(_ data: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ purpose: curlsocktype)
    -> Int32
{
    Int32(CURL_SOCKOPT_ALREADY_CONNECTED)
}

private func onTLSContext(
    _ easy: UnsafeMutableRawPointer?,
    _ context: UnsafeMutableRawPointer?,
    _ data: UnsafeMutableRawPointer?
) -> CURLcode {
    answer(behind: data).shareTrust(with: OpaquePointer(context!)) ? CURLE_OK : CURLE_SSL_CERTPROBLEM
}

/// The handshake is done and nothing is sent: the connection may be over when libcurl next returns.
private func onConnected(
    _ data: UnsafeMutableRawPointer?,
    _ ourAddress: UnsafeMutablePointer<CChar>?,
    _ address: UnsafeMutablePointer<CChar>?,
    _ ourPort: Int32,
    _ port: Int32
) -> Int32 {
    answer(behind: data).noteSecurity()
    return CURL_PREREQFUNC_OK
}

private func onSocket(
    _ easy: UnsafeMutableRawPointer?,
    _ socket: curl_socket_t,
    _ what: Int32,
    _ data: UnsafeMutableRawPointer?,
    _ socketData: UnsafeMutableRawPointer?
) -> Int32 {
    var interest: Readiness = []
    if what != CURL_POLL_REMOVE {
        if what & CURL_POLL_IN != 0 { interest.insert(.readable) }
        if what & CURL_POLL_OUT != 0 { interest.insert(.writable) }
    }
    do {
        try answer(behind: data).pollSet.watch(socket, for: interest)
        return 0
    } catch {
        return -1
    }
}

private func onTimer(_ multi: UnsafeMutableRawPointer?, _ milliseconds: Int, _ data: UnsafeMutableRawPointer?) -> Int32
{
    answer(behind: data).setTimer(milliseconds: milliseconds)
    return 0
}

extension Substring {
    fileprivate func trimmingWhitespace() -> String {
        let start = drop(while: \.isWhitespace)
        return String(start[..<(start.lastIndex { !$0.isWhitespace }.map(start.index(after:)) ?? start.startIndex)])
    }
}
