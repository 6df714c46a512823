/// The sockets that a service manager passed at start (sd_listen_fds(3)).
struct SystemdSockets {
    /// Names in the order of the descriptors, which start at 3. Empty unless the variables are meant for this process.
    let names: [String]

    init(environment: [String: String], processID: Int32) {
        guard environment["LISTEN_PID"].flatMap(Int32.init) == processID,
            let count = environment["LISTEN_FDS"].flatMap(Int.init), (1...1024).contains(count)
        else {
            names = []
            return
        }
        let given = environment["LISTEN_FDNAMES"]
            .map {
                $0.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            }
        names = (0..<count)
            .map { index in
                guard let given, given.indices.contains(index), !given[index].isEmpty else { return "unknown" }
                return given[index]
            }
    }

    /// One socket unit may list several addresses under one name, so there may be several.
    func descriptors(named name: String) -> [Int32] {
        names.indices.filter { names[$0] == name }.map { Self.first + Int32($0) }
    }

    /// SD_LISTEN_FDS_START.
    private static let first: Int32 = 3
}
