import TestSupport

/// An HAProxy that runs the backend of the README.
struct Balancer {
    let process: Executable
    private let socket: ServerAddress

    /// - Parameter recipe: its gateways' port and its pace are replaced.
    init(_ recipe: String, gatewayPort: UInt16, in folder: TemporaryFolder) throws {
        socket = .unix(path: folder.file("socket"))
        let backend = recipe.replacing("8484", with: "\(gatewayPort)").replacing("inter 2s", with: "inter 100ms")
            .replacing("10.0.0.11", with: "127.0.0.1").replacing("10.0.0.12", with: "127.0.0.1")
        let configuration = """
            global
                stats socket \(folder.file("socket"))
            defaults
                mode http
                timeout connect 1s
                timeout client 1s
                timeout server 1s
            \(backend)
            """
        try folder.write(configuration, to: "haproxy.cfg")
        process = try Executable(["-db", "-f", folder.file("haproxy.cfg")], program: Tool.find("haproxy"))
    }

    /// `UP` or `DOWN` for each server, without the count of checks that HAProxy adds while it changes its mind.
    func states() throws -> [String] {
        guard let connection = try? PlainSocket.connect(to: socket) else { return [] }
        try connection.write(Array("show stat\n".utf8))
        var answer: [UInt8] = []
        while case let more = try connection.read(within: .seconds(5)), !more.isEmpty { answer += more }
        let rows = String(decoding: answer, as: UTF8.self).split(separator: "\n")
            .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        guard let column = rows.first?.firstIndex(of: "status") else { return [] }
        return rows.filter { $0[0] == "shop" && $0[1] != "BACKEND" }.map { String($0[column]) }
    }
}
