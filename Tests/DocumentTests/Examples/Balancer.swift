import TestSupport

/// An HAProxy that runs an example.
final class Balancer {
    let process: Executable
    private let folder: TemporaryFolder
    private var socket: ServerAddress { .unix(path: folder.file("socket")) }

    /// - Parameters:
    ///   - example: its pace is raised; a socket to ask it is added.
    ///   - replacements: what stands in the example, and what to put there.
    init(_ example: Example, _ replacements: [(String, String)]) throws {
        folder = try TemporaryFolder("haproxy")
        var text = try example.text().replacing(#/inter \ds/#, with: "inter 100ms")
            .replacing("global\n", with: "global\n    stats socket \(folder.file("socket"))\n")
        for (old, new) in replacements { text = text.replacing(old, with: new) }
        try folder.write(text, to: "haproxy.cfg")
        process = try Executable(["-db", "-f", folder.file("haproxy.cfg")], program: Tool.find("haproxy"))
    }

    deinit {
        process.stop()
        folder.remove()
    }

    /// `UP` or `DOWN` for each server behind a name, without the count of checks that HAProxy adds while it changes its mind.
    func states(of proxy: String) throws -> [String] {
        guard let connection = try? PlainSocket.connect(to: socket) else { return [] }
        try connection.write(Array("show stat\n".utf8))
        var answer: [UInt8] = []
        while case let more = try connection.read(within: .seconds(5)), !more.isEmpty { answer += more }
        let rows = String(decoding: answer, as: UTF8.self).split(separator: "\n")
            .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        guard let column = rows.first?.firstIndex(of: "status") else { return [] }
        return rows.filter { $0[0] == proxy && !["BACKEND", "FRONTEND"].contains($0[1]) }.map { String($0[column]) }
    }
}
