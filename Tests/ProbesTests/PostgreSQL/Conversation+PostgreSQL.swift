import TestSupport

extension Conversation {
    /// Says no to TLS, where the client asks for it, and takes its startup packet.
    func takeStartupPacket(afterTLSRequest: Bool = true) throws {
        if afterTLSRequest {
            try expect(count: 8)
            try send("N")
        }
        let length = try expect(count: 4).reduce(0) { $0 << 8 | Int($1) }
        try expect(count: length - 4)
    }

    /// Lets the client in without more ado.
    func letIn() throws {
        try takeStartupPacket()
        try send("R\0\0\0\u{8}\0\0\0\0K\0\0\0\u{c}\0\0\0\u{1}\0\0\0\u{2}Z\0\0\0\u{5}I")
    }
}
