import BenchmarkSupport
import Foundation
import TestSupport

/// What programs take on disk.
enum Sizes {
    static func measure(into report: inout Report) async throws {
        let programs = [
            ("allclear", try await StrippedProgram.shared.path(), "libpq.so.5 libcurl.so.4"),
            ("HAProxy", Tool.find("haproxy"), ""),
            ("blackbox_exporter", Tool.find("prometheus-blackbox-exporter"), ""),
        ]
        for case (let name, let path?, let loaded) in programs {
            let libraries = try await libraries(of: path, and: loaded)
            report.add("program, stripped", in: "MB", of: name, bytes(of: path) / 1e6)
            report.add("shared libraries", in: "MB", of: name, libraries.reduce(0) { $0 + bytes(of: $1) } / 1e6)
            report.add("how many of them", in: "", of: name, Double(libraries.count))
        }
        let root = FileManager.default.currentDirectoryPath + "/.build-image/root"
        guard access("\(root)/opt/allclear/bin/allclear", X_OK) == 0 else {
            report.note("There is no image root to measure; `make image-root` makes one.")
            return
        }
        let size = try await Tool.run(["du", "-sb", "--apparent-size", root]).split(separator: "\t").first
        report.add("image root", in: "MB", of: "allclear", size.flatMap { Double($0) }.map { $0 / 1e6 } ?? .nan)
    }

    /// The loader's own list; empty for a program without.
    ///
    /// - Parameter loaded: what the program loads by name.
    private static func libraries(of program: String, and loaded: String) async throws -> [String] {
        let list = (try? await Tool.run(["env", "LD_PRELOAD=\(loaded)", "ldd", program])) ?? ""
        return list.split(separator: "\n")
            .compactMap { line in
                let words = line.split(separator: " ")
                return words.count > 2 && words[1] == "=>" ? String(words[2]) : nil
            }
    }

    private static func bytes(of path: String) -> Double {
        var status = stat()
        return stat(path, &status) == 0 ? Double(status.st_size) : .nan
    }
}
