import Foundation
import TestSupport

/// What a process holds: descriptors, threads, dead children.
struct Footprint: CustomStringConvertible {
    var descriptors: Int
    var threads: Int
    var zombies: Int

    init(of process: Int32) {
        let count = { (folder: String) in (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? 0 }
        descriptors = count("/proc/\(process)/fd")
        threads = count("/proc/\(process)/task")
        let children = (try? String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)) ?? ""
        zombies = children.split(separator: " ")
            .count { (try? String(contentsOfFile: "/proc/\($0)/stat", encoding: .utf8))?.contains(") Z ") ?? false }
    }

    var description: String { "\(descriptors) descriptors, \(threads) threads, \(zombies) zombies" }

    /// Whether it is no more than `other` and what comes and goes: connections of the moment, threads that idle out.
    func fits(_ other: Footprint) -> Bool {
        descriptors <= other.descriptors + 6 && threads <= other.threads + 3 && zombies == 0
    }

    /// Seconds of processor time that a process has used.
    static func processorTime(of process: Int32) -> Double {
        let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        // proc(5): utime and stime are fields 14 and 15; the name, field 2, may hold spaces.
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12 else { return 0 }
        return ((Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
