internal import Health

extension HealthDocument {
    /// The longest body without `verbose`, in bytes (CONTRACT section 6).
    private static let longestBody = 4096
    /// What is kept free for the end of a body that does not show all checks, in bytes.
    private static let omissionReserve = 80

    /// What no body may pass.
    var limit: Int { isVerbose ? .max : Self.longestBody }

    /// How many checks a body does not show, by status.
    struct Omission {
        private var numbers: [Level: Int] = [:]

        mutating func count(_ level: Level) {
            numbers[level, default: 0] += 1
        }

        var counts: [(status: String, count: Int)] {
            [("pass", [Level.pass]), ("warn", [.warn]), ("fail", [.fail, .pending])]
                .map { status, levels in (status, levels.reduce(0) { $0 + (numbers[$1] ?? 0) }) }
        }
    }

    /// Shows the checks that do not pass until one does not fit.
    ///
    /// - Parameter show: writes a check unless the body would pass the limit it is given; says whether it has.
    /// - Returns: those that were not shown.
    func showFailing(_ show: (Plan.Member, _ limit: Int) -> Bool) -> Omission {
        var omission = Omission()
        var isFull = false
        for member in members {
            let level = level(of: member)
            let isShown = level != .pass && !isFull && show(member, limit - Self.omissionReserve)
            if isShown { continue }
            if level != .pass { isFull = true }
            omission.count(level)
        }
        return omission
    }
}
