import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite("The writer of log lines", .timeLimit(.minutes(1)))
struct LineWriterTests {
    private static func writer(_ pipe: SmallPipe, limit: Int = 1000) -> LineWriter {
        LineWriter(descriptor: pipe.writer, limit: limit) { "dropped \($0)" }
    }

    @Test("Lines come whole and in order")
    func order() async throws {
        let pipe = try SmallPipe()
        defer { pipe.closeReader() }
        let writer = Self.writer(pipe)
        let lines = (0..<500).map { "line \($0) " + String(repeating: "x", count: $0 % 300) }
        for line in lines { writer.write(line) }
        let text = try await onThread {
            let expected = lines.reduce(0) { $0 + $1.utf8.count + 1 }
            return pipe.read(atLeast: expected)
        }
        #expect(text == lines.map { "\($0)\n" }.joined())
        writer.flush(within: .seconds(30))
        pipe.closeWriter()
    }

    @Test("A full pipe holds up nobody: what does not fit is dropped, counted and told")
    func fullPipe() async throws {
        let pipe = try SmallPipe()
        defer { pipe.closeReader() }
        let writer = Self.writer(pipe, limit: 10)
        let count = 2000
        // Nobody reads: this would never end if a line waited for room in the pipe.
        for number in 0..<count { writer.write("line \(number)") }
        async let received = onThread { pipe.read() }
        writer.flush(within: .seconds(30))
        pipe.closeWriter()
        let lines = try await received.split(separator: "\n")
        let dropped = lines.filter { $0.hasPrefix("dropped ") }.compactMap { Int($0.dropFirst("dropped ".count)) }
        let written = lines.filter { $0.hasPrefix("line ") }
        #expect(dropped.reduce(0, +) > 0)
        #expect(written.count + dropped.reduce(0, +) == count)
        #expect(written.first == "line 0")
    }

    @Test("After the reader has gone, lines are lost and the caller goes on")
    func readerGone() throws {
        let pipe = try SmallPipe()
        defer { pipe.closeWriter() }
        let writer = Self.writer(pipe)
        pipe.closeReader()
        for number in 0..<100 { writer.write("line \(number)") }
        writer.flush(within: .seconds(30))
        // All that was queued has been given up: there is room for as many again.
        let another = Self.writer(pipe, limit: 1)
        another.write("last")
        another.flush(within: .seconds(30))
    }

    @Test("Flushing has an end though nobody reads")
    func boundedFlush() async throws {
        let pipe = try SmallPipe()
        let writer = Self.writer(pipe)
        for _ in 0..<100 { writer.write(String(repeating: "x", count: 1000)) }
        try await onThread { writer.flush(within: .milliseconds(20)) }
        // Lets the writer's thread go.
        pipe.closeReader()
        writer.flush(within: .seconds(30))
        pipe.closeWriter()
    }

    @Test(
        "A descriptor that others made non-blocking is waited for, and its flags are left alone",
        arguments: [true, false]
    )
    func flags(isNonBlocking: Bool) async throws {
        let pipe = try SmallPipe()
        defer { pipe.closeReader() }
        if isNonBlocking { _ = fcntl(pipe.writer, F_SETFL, fcntl(pipe.writer, F_GETFL) | O_NONBLOCK) }
        let before = fcntl(pipe.writer, F_GETFL)
        let writer = Self.writer(pipe)
        let line = String(repeating: "x", count: 999)
        for _ in 0..<50 { writer.write(line) }
        let text = try await onThread { pipe.read(atLeast: 50_000) }
        #expect(text == String(repeating: line + "\n", count: 50))
        #expect(fcntl(pipe.writer, F_GETFL) == before)
        writer.flush(within: .seconds(30))
        pipe.closeWriter()
    }

    @Test("Many threads write whole lines")
    func threads() async throws {
        let pipe = try SmallPipe()
        defer { pipe.closeReader() }
        let writer = Self.writer(pipe, limit: 10_000)
        async let received = onThread { pipe.read() }
        await withDiscardingTaskGroup { group in
            for task in 0..<8 {
                group.addTask { for number in 0..<100 { writer.write("task \(task) line \(number)") } }
            }
        }
        writer.flush(within: .seconds(30))
        pipe.closeWriter()
        let lines = try await received.split(separator: "\n").map(String.init)
        #expect(lines.count == 800)
        for task in 0..<8 {
            #expect(lines.filter { $0.hasPrefix("task \(task) ") } == (0..<100).map { "task \(task) line \($0)" })
        }
    }
}
