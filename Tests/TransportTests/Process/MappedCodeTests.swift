import Foundation
import Testing

@testable import Transport

struct MappedCodeTests {
    /// What is mapped of files, in kB, as the process has it in memory (proc(5)).
    private static func mappedKilobytes() throws -> Int {
        let status = try #require(FileManager.default.contents(atPath: "/proc/self/status"))
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("RssFile:") }
        return try #require(line?.split(separator: " ").dropLast().last.flatMap { Int($0) })
    }

    @Test("Code leaves the memory, and comes back by itself where it is used")
    func giveBack() async {
        await #expect(processExitsWith: .success) {
            let before = try MappedCodeTests.mappedKilobytes()
            let table = ContiguousArray((0..<1000).map(String.init))
            MappedCode.giveBack()
            let after = try MappedCodeTests.mappedKilobytes()
            // Whatever the loader and initialisers wrote is as it was: metadata, constants with relocations, the heap.
            let texts = table.map { "\($0): \(Resolver())" }
            #expect(Set(texts).count == 1000)
            #expect(after < before / 2, "\(before) kB, then \(after) kB")
        }
    }
}
