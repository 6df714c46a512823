import Foundation

/// A freshly initialised data folder, made once in the life of this process; servers start from copies.
final class PostgreSQLTemplate: Sendable {
    /// initdb takes as long as all the rest of a start together.
    static let shared = Result { try PostgreSQLTemplate() }

    private let folder: TemporaryFolder

    private init() throws {
        guard let programs = PostgreSQLServer.programs else {
            throw ServerFailure("PostgreSQL 15 is not installed (Debian's package postgresql-15)", log: "")
        }
        folder = try TemporaryFolder.forData("template")
        try Account.unprivileged.own(folder.path)
        try folder.write(PostgreSQLServer.superuserPassword, to: "password")
        let command = [
            "\(programs)/initdb", "--pgdata=\(folder.file("data"))", "--username=\(PostgreSQLServer.superuser)",
            "--pwfile=\(folder.file("password"))", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8",
            "--wal-segsize=1", "--no-sync", "--no-instructions",
        ]
        try Tool.runBlocking(command, as: .unprivileged)
    }

    /// Copies the data folder; the copy belongs to the server's user.
    func copy(to path: String) throws {
        try Tool.runBlocking(["/bin/cp", "-a", "--reflink=auto", folder.file("data"), path])
    }
}

extension PostgreSQLServer {
    /// The folder of PostgreSQL's programs, nil where it is not installed.
    package static let programs: String? = {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        return versions.sorted { $0.compare($1, options: .numeric) == .orderedDescending }
            .map { "/usr/lib/postgresql/\($0)/bin" }
            .first { access("\($0)/postgres", X_OK) == 0 }
    }()
}
