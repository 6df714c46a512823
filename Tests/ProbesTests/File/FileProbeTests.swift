import Foundation
import Health
import TestSupport
import Testing

@testable import Probes

struct FileProbeTests {
    @Test("Something is there, or nothing is")
    func presence() async throws {
        let folder = try TemporaryFolder("file")
        let file = try folder.write("text", to: "file")
        try await Bench.use { bench async throws in
            #expect(try await bench.code("file: \(file)") == nil)
            #expect(try await bench.code("file: \(folder.path)") == nil)
            #expect(try await bench.code("file: \(folder.path)/none") == "run.not_found")
            #expect(try await bench.code("file: \(file)/below") == "run.not_found")
            #expect(try await bench.code("file: \(folder.path)/none\nabsent: true") == nil)
            #expect(try await bench.code("file: \(file)/below\nabsent: true") == nil)
            #expect(try await bench.sentence("file: \(file)\nabsent: true") == "\(file): assert.unexpected: it exists")
        }
    }

    @Test("Kinds of files")
    func kinds() async throws {
        let folder = try TemporaryFolder("file")
        let file = try folder.write("text", to: "file")
        let server = try ScriptedServer(onUnixSocket: .silent)
        try await Bench.use { bench async throws in
            for (path, kind) in [(file, "file"), (folder.path, "directory"), (server.path, "socket")] {
                for wanted in ["file", "directory", "socket"] {
                    let code = try await bench.code("file: \(path)\ntype: \(wanted)")
                    #expect(code == (kind == wanted ? nil : "assert.unexpected"))
                }
            }
        }
    }

    @Test("A file with bytes, a folder with entries")
    func notEmpty() async throws {
        let folder = try TemporaryFolder("file")
        let full = try folder.write("x", to: "full")
        let empty = try folder.write("", to: "empty")
        let folders = try TemporaryFolder("file")
        try await Bench.use { bench async throws in
            #expect(try await bench.code("file: \(full)\nnotEmpty: true") == nil)
            #expect(try await bench.code("file: \(empty)\nnotEmpty: true") == "assert.unexpected")
            #expect(try await bench.code("file: \(folder.path)\nnotEmpty: true") == nil)
            #expect(try await bench.code("file: \(folders.path)\nnotEmpty: true") == "assert.unexpected")
        }
    }

    @Test("A place that can be written to; a file system mounted read-only is none, even for root")
    func writable() async throws {
        let folder = try TemporaryFolder("file")
        try await Bench.use { bench async throws in
            #expect(try await bench.code("file: \(folder.path)\nwritable: true") == nil)
            let kernel = try await bench.sentence("file: /sys/kernel/notes\nwritable: true")
            let mayWrite = getuid() == 0 && !isReadOnly("/sys")
            #expect((kernel == nil) == mayWrite)
            #expect(mayWrite || kernel?.hasPrefix("/sys/kernel/notes: assert.unexpected: not writable: ") == true)
        }
    }

    @Test("Free space")
    func minFree() async throws {
        try await Bench.use { bench async throws in
            #expect(try await bench.code("file: /tmp\nminFree: 1KiB") == nil)
            let sentence = try #require(try await bench.sentence("file: /tmp\nminFree: 1000000TiB"))
            #expect(sentence.hasPrefix("/tmp: assert.unexpected: only "))
            #expect(sentence.hasSuffix(" free, 1024000000 GiB wanted"))
            #expect(
                try await bench.sentence("file: /proc\nminFree: 12MiB")
                    == "/proc: assert.unexpected: only 0 bytes free, 12 MiB wanted"
            )
        }
    }

    @Test("The age of the content; what was changed in the future has no age")
    func maxAge() async throws {
        let folder = try TemporaryFolder("file")
        let file = try folder.write("x", to: "file")
        func change(_ seconds: Double) throws {
            let date = Date(timeIntervalSinceNow: seconds)
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file)
        }
        try await Bench.use { bench async throws in
            try change(-3600)
            #expect(try await bench.code("file: \(file)\nmaxAge: 2h") == nil)
            let sentence = try #require(try await bench.sentence("file: \(file)\nmaxAge: 59m"))
            #expect(sentence.contains(" s ago, 3540 s allowed"))
            try change(3600)
            #expect(try await bench.code("file: \(file)\nmaxAge: 0s") == nil)
        }
    }

    @Test("Contents, by text and by pattern, in the first 64 KiB")
    func contents() async throws {
        let folder = try TemporaryFolder("file")
        let file = try folder.write("state: ready\nsince: 12\n", to: "file")
        let long = try folder.write(String(repeating: "a", count: 65_536) + "ready", to: "long")
        try await Bench.use { bench async throws in
            #expect(try await bench.code("file: \(file)\ncontents: ready") == nil)
            #expect(try await bench.code("file: \(file)\ncontents: failed") == "assert.unexpected")
            #expect(try await bench.code("file: \(file)\ncontents: '~ since: [0-9]+'") == nil)
            #expect(try await bench.code("file: \(file)\ncontents: '~ since: [a-z]+'") == "assert.unexpected")
            #expect(try await bench.code("file: \(long)\ncontents: ready") == "assert.unexpected")
            #expect(try await bench.code("file: \(folder.path)\ncontents: ready") == "assert.unexpected")
            let busy = "file: \(long)\ncontents: '~ (a+)+$'"
            #expect(try await bench.code(busy) == nil)
            try folder.write(String(repeating: "a", count: 16_384) + "b", to: "long")
            #expect(try await bench.code(busy, within: .milliseconds(100)) == "run.timed_out")
        }
    }

    @Test("A pipe in the place of a file holds nobody")
    func pipe() async throws {
        let folder = try TemporaryFolder("file")
        let path = folder.file("pipe")
        try #require(mkfifo(path, 0o600) == 0)
        try await Bench.use { bench async throws in
            #expect(try await bench.code("file: \(path)") == nil)
            #expect(try await bench.code("file: \(path)\ncontents: x") == "assert.unexpected")
        }
    }

    @Test("What contradicts itself is told when the configuration is read")
    func configuration() {
        #expect(Bench.load("file: /a\nabsent: true\nminFree: 1MiB").1.first?.contains("remove 'absent'") == true)
        #expect(Bench.load("file: /a\ncontents: '~ ('").1.first?.contains("Unmatched (") == true)
        #expect(Bench.load("file: a").1.first?.contains("absolute") == true)
    }
}

/// Whether the file system at a path is mounted read-only, as /sys is in most containers.
private func isReadOnly(_ path: String) -> Bool {
    var status = statvfs()
    return statvfs(path, &status) == 0 && status.f_flag & UInt(ST_RDONLY) != 0
}
