import Foundation
import TestSupport

/// What a program and its children use of the machine, as Linux tells it under /proc (proc(5)).
package struct ProcessFigures: Sendable {
    /// User and system time.
    package let processor: Duration
    package let residentBytes: Double
    package let proportionalBytes: Double
    package let anonymousBytes: Double
    package let processes: Int
    package let threads: Int
    package let descriptors: Int
    /// How often its threads went to sleep, and so were woken, since they began.
    package let sleeps: Int

    package init(of root: Int32) {
        let family = Self.family(of: root)
        processor = family.reduce(.zero) { $0 + Self.processorTime(of: $1) }
        let memory = family.map { Self.numbers(in: "/proc/\($0)/smaps_rollup") }
        let sum = { (name: String) in memory.reduce(0) { $0 + ($1[name] ?? 0) * 1024 } }
        (residentBytes, proportionalBytes, anonymousBytes) = (sum("Rss"), sum("Pss"), sum("Anonymous"))
        let tasks = family.flatMap { process in
            Self.entries(of: "/proc/\(process)/task").map { "/proc/\(process)/task/\($0)" }
        }
        processes = family.count
        threads = tasks.count
        descriptors = family.reduce(0) { $0 + Self.entries(of: "/proc/\($1)/fd").count }
        sleeps = tasks.reduce(0) { $0 + Int(Self.numbers(in: "\($1)/status")["voluntary_ctxt_switches"] ?? 0) }
    }

    /// Only ``processor``, which is cheap to know.
    package static func processorTime(ofFamily root: Int32) -> Duration {
        family(of: root).reduce(.zero) { $0 + processorTime(of: $1) }
    }

    private static func processorTime(of process: Int32) -> Duration {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else { return .zero }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// A process and all below it.
    private static func family(of root: Int32) -> [Int32] {
        let children = entries(of: "/proc/\(root)/task")
            .flatMap { text(of: "/proc/\(root)/task/\($0)/children").split(separator: " ") }
        return [root] + children.compactMap { Int32($0) }.flatMap { family(of: $0) }
    }

    private static func entries(of folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    /// Lines of `name: number`.
    private static func numbers(in path: String) -> [String: Double] {
        text(of: path).split(separator: "\n")
            .reduce(into: [:]) { numbers, line in
                let words = line.split { $0 == ":" || $0.isWhitespace }
                if words.count > 1 { numbers[String(words[0])] = Double(words[1]) }
            }
    }

    private static func text(of path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
