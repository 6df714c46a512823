internal import Configuration
internal import Glibc

/// What a known path asks for, and the label under which requests for it are counted.
struct KnownPath: Sendable {
    let route: Route
    /// The row in ``RequestCounters``.
    let label: Int
}

/// All paths that are known, found by their bytes without allocating.
struct PathTable: Sendable {
    /// Sorted by length, then by bytes.
    private let paths: [(bytes: [UInt8], known: KnownPath)]
    /// The labels of the rows in ``RequestCounters``.
    let labels: [String]

    init(_ plan: Plan) {
        let gate: (Int) -> Route = { .page(.gate($0)) }
        var paths: [(path: String, label: String, route: Route)] = [
            ("/", "/", gate(plan.ready)),
            ("*", "*", .server),
            ("/metrics", "/metrics", .metrics),
            ("/openapi.yaml", "/openapi.yaml", .openAPI),
        ]
        for path in ["/healthz", "/livez", "/health/live"] { paths.append((path, path, gate(plan.healthz))) }
        for path in ["/ready", "/readyz", "/health", "/health/ready"] { paths.append((path, path, gate(plan.ready))) }
        for path in ["/startup", "/startupz", "/health/started"] { paths.append((path, path, gate(plan.startup))) }
        for (index, definition) in plan.gates.enumerated() {
            paths.append(("/ready/\(definition.name)", "/ready/{name}", gate(index)))
        }
        for (index, check) in plan.checks.enumerated() {
            paths.append(("/ready/\(check.name)", "/ready/{name}", .page(.check(index))))
            paths.append(("/healthz/\(check.name)", "/healthz/{name}", .page(.liveness(index))))
        }
        var labels: [String] = []
        for path in paths where !labels.contains(path.label) { labels.append(path.label) }
        self.labels = labels
        self.paths =
            paths.map { path in
                let label = labels.firstIndex(of: path.label)!
                return (Array(path.path.utf8), KnownPath(route: path.route, label: label))
            }
            .sorted { isBefore($0.bytes, $1.bytes) }
    }

    /// The known path that is exactly these bytes.
    func find(_ path: UnsafeRawBufferPointer) -> KnownPath? {
        var low = 0
        var high = paths.count
        while low < high {
            let middle = (low + high) / 2
            let order = paths[middle].bytes.order(to: path)
            if order == 0 { return paths[middle].known }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return nil
    }
}

private func isBefore(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    right.withUnsafeBytes { left.order(to: $0) } < 0
}

extension [UInt8] {
    /// Negative, zero or positive as these bytes come before, equal or come after others: by length, then by value.
    fileprivate func order(to other: UnsafeRawBufferPointer) -> Int {
        guard count == other.count else { return count - other.count }
        return withUnsafeBytes { own in
            guard let start = own.baseAddress, let otherStart = other.baseAddress else { return 0 }
            return Int(memcmp(start, otherStart, own.count))
        }
    }
}
