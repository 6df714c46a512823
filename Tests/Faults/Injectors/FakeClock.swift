import Foundation
import TestSupport

/// A wall clock for one process that can be moved while it runs (libfaketime); the monotonic clock stays the machine's, as
/// it does when somebody sets the time.
struct FakeClock {
    let environment: [String: String]
    /// Stands in front of the gateway: the first process that libfaketime is in has its environment moved before `main`,
    /// and Swift then does not find the arguments.
    let wrapper = ["sh", "-c", #"exec "$0" "$@""#]
    private let folder: TemporaryFolder

    /// - Throws: `Skipped` where libfaketime is not installed.
    init() throws {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib")) ?? []
        let libraries = folders.map { "/usr/lib/\($0)/faketime/libfaketimeMT.so.1" }
        let library = libraries.first(where: FileManager.default.isReadableFile)
        guard let library else { throw Skipped(reason: "libfaketime is not installed (Debian's package faketime)") }
        folder = try TemporaryFolder("clock")
        environment = [
            "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": folder.file("clock"), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
        ]
        try set("+0s")
    }

    /// Moves it by so much from the real time, as `-1h` or `+10d`.
    func set(_ shift: String) throws {
        // At once for who reads it.
        try folder.write("\(shift)\n", to: "next")
        guard rename(folder.file("next"), folder.file("clock")) == 0 else {
            throw Shortfall("the clock's file is stuck")
        }
    }
}
