internal import Health

extension HealthDocument {
    /// The longest body without `verbose`, in bytes (CONTRACT section 6).
    static let longestBody = 4096

    /// The checks of a body, each written already, and the positions of those that are only counted.
    struct Selection {
        var shown: [[UInt8]] = []
        var omitted: [Int] = []
    }

    /// All checks; where they do not fit, those that do not pass, as many of them as do.
    ///
    /// Writes no more than fits, so that a page costs the same for ten checks and for a thousand.
    /// - Parameters:
    ///   - size: of the body without checks, in bytes.
    ///   - write: writes a check; a byte more is kept for what separates it from the next.
    func select(besides size: Int, _ write: (Entry) -> [UInt8]) -> Selection {
        let room = isVerbose ? Int.max : Self.longestBody - size
        let all = take(checks, into: room, write)
        guard !all.omitted.isEmpty else { return all }
        var failing = take(checks.filter { level(of: $0) != .pass }, into: room, write)
        failing.omitted += checks.filter { level(of: $0) == .pass }
        return failing
    }

    private func take(_ checks: [Int], into room: Int, _ write: (Entry) -> [UInt8]) -> Selection {
        var selection = Selection()
        var left = room
        for (index, check) in checks.enumerated() {
            let piece = write(entry(of: check))
            guard piece.count < left else {
                selection.omitted = Array(checks[index...])
                break
            }
            left -= piece.count + 1
            selection.shown.append(piece)
        }
        return selection
    }

    /// How many of some checks have each status.
    func counts(of checks: [Int]) -> [(status: String, count: Int)] {
        [("pass", [Level.pass]), ("warn", [.warn]), ("fail", [.fail, .pending])]
            .map { status, levels in (status, checks.count { levels.contains(level(of: $0)) }) }
    }
}
