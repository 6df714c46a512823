import Foundation
import TestSupport

/// A stripped copy of the program that was built with the benchmark, as `.ci/image-root` makes one.
package actor StrippedProgram {
    package static let shared = StrippedProgram()
    private var folder: TemporaryFolder?

    package func path() async throws -> String {
        if let folder { return folder.file("allclear") }
        let folder = try TemporaryFolder("stripped")
        try await Tool.run(["install", "-s", "-m", "755", try Executable.path(), folder.file("allclear")])
        self.folder = folder
        return folder.file("allclear")
    }
}
