import Foundation

/// Where and when something was measured.
package struct Machine: Encodable {
    let date: String
    let processor: String
    let cores: Int
    let memoryGigabytes: Int
    let system: String
    let kernel: String
    /// Of the last minute, before the benchmark began.
    let load: Double

    package init() {
        date = Date.now.ISO8601Format()
        let lines = Self.lines(of: "/proc/cpuinfo")
        let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        processor = model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
        cores = ProcessInfo.processInfo.activeProcessorCount
        memoryGigabytes = Int((Double(ProcessInfo.processInfo.physicalMemory) / 1e9).rounded())
        let name = Self.lines(of: "/etc/os-release").first { $0.hasPrefix("PRETTY_NAME=") }
        system = name.map { $0.dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: ["\""]) } ?? "Linux"
        kernel = Self.lines(of: "/proc/sys/kernel/osrelease").first ?? "unknown"
        load = Self.lines(of: "/proc/loadavg").first?.split(separator: " ").first.flatMap { Double($0) } ?? 0
    }

    package var text: String {
        "\(date), \(processor), \(cores) cores, \(memoryGigabytes) GB, \(system), Linux \(kernel), load before \(load)"
    }

    private static func lines(of path: String) -> [String] {
        // Files of /proc have no length; FileManager reads them all the same.
        FileManager.default.contents(atPath: path)
            .map { String(decoding: $0, as: UTF8.self).split(separator: "\n").map(String.init) } ?? []
    }
}
