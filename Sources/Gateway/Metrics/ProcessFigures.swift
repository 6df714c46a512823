internal import Configuration
internal import Glibc

/// What the kernel says of this process (proc(5)), in the units that Prometheus asks for; zeros where /proc is missing.
struct ProcessFigures {
    private(set) var cpuSeconds = 0.0
    private(set) var virtualBytes = 0
    private(set) var residentBytes = 0
    private(set) var startSeconds = 0.0
    private(set) var threads = 0
    private(set) var openDescriptors = 0
    private(set) var mostDescriptors: UInt = 0

    static var now: ProcessFigures {
        var figures = ProcessFigures()
        figures.readStatus()
        figures.openDescriptors = entries(of: "/proc/self/fd")
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            figures.mostDescriptors = limit.rlim_cur
        }
        return figures
    }

    private mutating func readStatus() {
        // The name of the program, field 2, may hold anything; what follows its closing bracket is field 3 and on.
        guard let status = read("/proc/self/stat"), let bracket = status.lastIndex(of: ")") else { return }
        let fields = status[bracket...].split(separator: " ").dropFirst().map(String.init)
        guard fields.count > 21 else { return }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        cpuSeconds = ((Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)) / ticks
        threads = Int(fields[17]) ?? 0
        virtualBytes = Int(fields[20]) ?? 0
        residentBytes = (Int(fields[21]) ?? 0) * sysconf(Int32(_SC_PAGESIZE))
        guard let boot = read("/proc/stat")?.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }) else {
            return
        }
        startSeconds = (Double(boot.dropFirst("btime ".count)) ?? 0) + (Double(fields[19]) ?? 0) / ticks
    }

    private func read(_ path: String) -> String? {
        (try? FileReader.system.read(path, 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func entries(of folder: String) -> Int {
        guard let directory = opendir(folder) else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Less `.`, `..` and the descriptor of this very reading.
        return max(0, count - 3)
    }
}
