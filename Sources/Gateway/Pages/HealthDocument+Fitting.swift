internal import Health

extension HealthDocument {
    /// The longest body without `verbose`, in bytes (CONTRACT section 6).
    static let longestBody = 4096

    /// A body with all checks; where they do not fit, with those that do not pass, or as many of them as fit.
    ///
    /// - Parameter body: makes a body of the checks to show and those only to count.
    func fitting(_ body: (_ shown: [Entry], _ omitted: [Entry]) -> [UInt8]) -> [UInt8] {
        let whole = body(entries, [])
        guard !isVerbose, whole.count > Self.longestBody else { return whole }
        var shown = entries.filter { $0.view.level != .pass }
        // A few steps find a number that fits.
        while true {
            let names = Set(shown.map(\.name))
            let part = body(shown, entries.filter { !names.contains($0.name) })
            if part.count <= Self.longestBody || shown.isEmpty { return part }
            shown.removeLast(max(1, shown.count / 4))
        }
    }

    /// How many of some checks have each status.
    static func counts(of entries: [Entry]) -> [(status: String, count: Int)] {
        [("pass", [Level.pass]), ("warn", [.warn]), ("fail", [.fail, .pending])]
            .map { status, levels in (status, entries.count { levels.contains($0.view.level) }) }
    }
}
