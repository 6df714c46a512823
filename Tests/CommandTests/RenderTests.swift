import Foundation
import TestSupport
import Testing

/// `render` as a program: where it writes, and that it writes all or nothing.
struct RenderTests {
    private let folder: TemporaryFolder
    private let environment = ["NAME": "v4lue"]

    init() throws {
        folder = try TemporaryFolder("render")
    }

    private func render(
        _ arguments: [String],
        input: String = "",
        wrapper: [String] = []
    ) async throws -> (end: ChildProcess.End, output: String, errorOutput: String) {
        let command = wrapper + [try Executable.path(), "render"] + arguments
        let run = try Executable(
            Array(command.dropFirst()),
            environment: environment,
            in: folder.path,
            input: input,
            program: Tool.find(command[0]) ?? command[0]
        )
        let end = try await run.waitForEnd()
        return (end, run.output, run.errorOutput)
    }

    private func mode(of path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    private func names() throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
    }

    @Test("A template becomes standard output, byte for byte", arguments: [[], ["--output", "-"]])
    func standardOutput(_ arguments: [String]) async throws {
        try folder.write("$host ${NAME}", to: "template")
        let run = try await render(["template"] + arguments)
        #expect(run.end == .exited(0))
        #expect(run.output == "$host v4lue")
        #expect(run.errorOutput.isEmpty)
    }

    @Test("A template comes from standard input, and only what is named is replaced")
    func standardInput() async throws {
        let run = try await render(["-", "--only", "$NAME"], input: "${host} $$ ${NAME}\n")
        #expect(run.end == .exited(0))
        #expect(run.output == "${host} $$ v4lue\n")
    }

    @Test("Every mistake is told with its place, no value is, and nothing is written")
    func mistakes() async throws {
        try folder.write("old", to: "output")
        try folder.write("${NAME} ${NAMES}\n ${", to: "template")
        for arguments in [["template"], ["template", "--output", "output"]] {
            let run = try await render(arguments)
            #expect(run.end == .exited(2))
            #expect(run.output.isEmpty)
            #expect(
                run.errorOutput == """
                    template:1:9: error: the variable NAMES is not set; did you mean NAME?
                    template:2:2: error: a `${` is never closed; write `$$` for a dollar sign

                    """
            )
        }
        #expect(folder.read("output") == "old")
        #expect(try names() == ["template", "output"])
        let run = try await render(["-"], input: "\n${X}")
        #expect(run.errorOutput == "<stdin>:2:1: error: the variable X is not set\n")
    }

    @Test("A new file takes the mode of its template, less the umask; one that is there keeps its own, and its owner")
    func mode() async throws {
        try folder.write("#!/bin/sh\necho ${NAME}\n", to: "template", mode: 0o750)
        #expect(try await render(["template", "--output", "new"]).end == .exited(0))
        #expect(try mode(of: folder.file("new")) == 0o750)
        #expect(folder.read("new") == "#!/bin/sh\necho v4lue\n")

        let old = try folder.write("old", to: "old", mode: 0o604)
        if getuid() == 0 { chown(old, 65_532, 65_531) }
        let before = try FileManager.default.attributesOfItem(atPath: old)
        #expect(try await render(["template", "--output", "old"]).end == .exited(0))
        let after = try FileManager.default.attributesOfItem(atPath: old)
        #expect(folder.read("old") == "#!/bin/sh\necho v4lue\n")
        #expect(try mode(of: old) == 0o604)
        for key in [FileAttributeKey.ownerAccountID, .groupOwnerAccountID] {
            #expect(before[key] as? Int == after[key] as? Int)
        }
        #expect(before[.systemFileNumber] as? Int != after[.systemFileNumber] as? Int)
        #expect(try names() == ["template", "new", "old"])
    }

    @Test("A link is followed, also one that leads nowhere yet; a template may be its own output")
    func links() async throws {
        let manager = FileManager.default
        try manager.createDirectory(atPath: folder.file("real"), withIntermediateDirectories: false)
        try manager.createSymbolicLink(atPath: folder.file("output"), withDestinationPath: "hop")
        try manager.createSymbolicLink(atPath: folder.file("hop"), withDestinationPath: "real/file")
        for _ in 0..<2 {
            #expect(try await render(["-", "--output", "output"], input: "${NAME}").end == .exited(0))
            #expect(folder.read("real/file") == "v4lue")
        }
        #expect(try manager.destinationOfSymbolicLink(atPath: folder.file("output")) == "hop")
        #expect(try manager.contentsOfDirectory(atPath: folder.file("real")) == ["file"])
        try folder.write("<${NAME}>", to: "self")
        #expect(try await render(["self", "--output", "self"]).end == .exited(0))
        #expect(folder.read("self") == "<v4lue>")
    }

    @Test("What cannot be written is told, and nothing stays behind")
    func unwritable() async throws {
        try FileManager.default.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: false)
        for (output, reason) in [
            ("folder", "Is a directory"), ("nowhere/file", "No such file or directory"), ("/proc/file", ""),
            ("/dev/full", "No space left on device"),
        ] {
            let run = try await render(["-", "--output", output], input: "${NAME}")
            #expect(run.end == .exited(2))
            #expect(run.errorOutput.hasPrefix("\(output): error: cannot be written: \(reason)"))
        }
        #expect(try names() == ["folder"])
    }

    @Test(
        "A file that is too large for the disk, or for its limit, is not begun",
        .enabled(if: Tool.find("prlimit") != nil),
        .disabled(if: Executable.isSanitized, "the sanitizer's memory is a file, which the limit would cut")
    )
    func full() async throws {
        try folder.write("old", to: "output")
        let run = try await render(
            ["-", "--output", "output"],
            input: String(repeating: "x", count: 10_000),
            wrapper: ["prlimit", "--fsize=8192"]
        )
        #expect(run.end == .exited(2))
        #expect(run.errorOutput == "output: error: cannot be written: File too large\n")
        #expect(folder.read("output") == "old")
        #expect(try names() == ["output"])
    }

    @Test("A folder that is closed to its user is told", .enabled(if: getuid() == 0))
    func closedFolder() async throws {
        try folder.write("old", to: "output", mode: 0o666)
        let program = folder.file("allclear")
        try await Executable.copy(to: program)
        let user = ["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--", program, "render"]
        let run = try Executable(
            user + ["-", "--output", folder.file("output")],
            input: "new",
            program: Tool.find("setpriv")
        )
        #expect(try await run.waitForEnd() == .exited(2))
        #expect(run.errorOutput == "\(folder.file("output")): error: cannot be written: Permission denied\n")
        #expect(folder.read("output") == "old")
    }

    @Test("A template that is larger than sixteen megabytes is refused")
    func tooLarge() async throws {
        let run = try await render(["/dev/zero"])
        #expect(run.end == .exited(2))
        #expect(run.errorOutput == "/dev/zero: error: cannot read it: it is larger than 16777216 bytes\n")
    }
}
