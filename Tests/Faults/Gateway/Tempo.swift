/// How often a check is asked in these rows, and how soon the gateway must have noticed.
struct Tempo: Sendable {
    var period: Duration
    var timeout: Duration
    var failureThreshold: Int

    /// Quick, so that a row is over soon.
    static let usual = Tempo(period: .milliseconds(400), timeout: .milliseconds(400), failureThreshold: 2)

    /// The end of a check's URL.
    var options: String {
        let milliseconds = { (time: Duration) in "\(Int(time / .milliseconds(1)))ms" }
        return "#period=\(milliseconds(period)),timeout=\(milliseconds(timeout)),failureThreshold=\(failureThreshold)"
    }

    /// D of FAULTS.md.
    var detection: Duration { period * failureThreshold + timeout + .milliseconds(500) + Self.noise }

    /// V of FAULTS.md, for one success.
    var recovery: Duration { period + timeout + .milliseconds(500) + Self.noise }

    /// What other programs on the machine, and asking for the state, may take.
    private static let noise = Duration.seconds(1)
}
