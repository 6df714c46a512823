import Foundation
import Synchronization

/// Prints a line for each row, in the order of the catalogue whatever the order in which they end, and counts.
final class Report: Sendable {
    private struct State {
        var waiting: [Int]
        var ended: [Int: String] = [:]
        var counts: [String: Int] = [:]
    }

    private let state: Mutex<State>

    /// - Parameter numbers: of all the rows that will be told of.
    init(_ numbers: [Int]) {
        state = Mutex(State(waiting: numbers.sorted()))
    }

    func tell(_ verdict: Verdict, of row: Row, after time: Duration? = nil) {
        let seconds = time.map { "  (\(Int(($0 / .seconds(1)).rounded())) s)" } ?? ""
        let (word, rest) =
            switch verdict {
            case .passed: ("passed", seconds)
            case .failed(let why): ("failed", ": \(why)\(seconds)")
            case .skipped(let why): ("skipped", ": \(why)")
            case .held(let tests): ("held", " by " + tests.map { "“\($0)”" }.joined(separator: ", "))
            case .notBuiltIn(let what): ("not built in", ": \(what)")
            }
        let number = String(repeating: " ", count: row.number < 10 ? 1 : 0) + "\(row.number)"
        let line = "\(number)  \(row.fault)  \(word)\(rest)".replacing("\n", with: " | ")
        state.withLock { state in
            state.ended[row.number] = line
            state.counts[word, default: 0] += 1
            while let next = state.waiting.first, let line = state.ended[next] {
                Self.say(line)
                state.waiting.removeFirst()
            }
        }
    }

    /// Prints the closing line.
    ///
    /// - Returns: whether no row failed, and none is missing.
    func close() -> Bool {
        state.withLock { state in
            for number in state.waiting { Self.say(state.ended[number] ?? "\(number)  was still running") }
            let failed = state.counts["failed", default: 0] + state.waiting.count { state.ended[$0] == nil }
            let counts = ["passed", "skipped", "held", "not built in"].map { state.counts[$0, default: 0] }
            Self.say(
                "\(counts[0]) passed, \(failed) failed, \(counts[1]) skipped; "
                    + "\(counts[2]) held by tests, \(counts[3]) not built in"
            )
            return failed == 0
        }
    }

    /// At once, also into a file.
    static func say(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }
}
