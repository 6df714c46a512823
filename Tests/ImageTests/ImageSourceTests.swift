import TestSupport
import Testing

struct ImageSourceTests {
    @Test("Nothing in the image's making names an architecture")
    func architectures() throws {
        for text in [try ImageSource.dockerfile(), try ImageSource.script()] {
            #expect(!["x86_64", "x86-64", "aarch64", "linux-gnu"].contains { text.contains($0) })
        }
    }

    @Test("The image starts the program, asks it for its health, and carries its version")
    func instructions() async throws {
        #expect(try ImageSource.words(behind: "ENTRYPOINT") == [ImageRoot.program])
        #expect(try ImageSource.healthCheck() == [ImageRoot.program, "status", "startup"])
        let version = try await Executable.run(["--version"]).output.split(separator: " ")[1].dropLast()
        #expect(try ImageSource.dockerfile().contains(#"image.version="\#(version)""#))
    }
}
