import Health
import TestSupport
import Testing

@testable import Configuration

/// The tables of the README say what the program knows.
struct TableTests {
    @Test("The tables of keys are those of the program")
    func keys() throws {
        var readme = try Markdown.readme()
        for type in TextLoader.types { readme["options: \(type.name)"] = OptionTable.lines(of: type) }
        readme["keys: check"] = OptionTable.ofEveryCheck
        readme["keys: file"] = OptionTable.ofFile
        if Repository.isUpdating { try Repository.write(readme.text, to: Markdown.path) }
        #expect(try Repository.text(Markdown.path) == readme.text)
        #expect(readme.markers("options: ") == TextLoader.types.map(\.name))
    }

    @Test("The failure codes are those of the program")
    func codes() throws {
        let readme = try Markdown.readme()
        #expect(readme.words("codes: stages") == FailureCode.Stage.allCases.map(\.rawValue))
        #expect(readme.words("codes: reasons") == FailureCode.Reason.allCases.map(\.rawValue))
    }

    @Test("Each class holds exactly the codes that the README gives it")
    func classes() throws {
        let rows = try Markdown.readme().rows("codes: classes")
        #expect(rows.map { Markdown.code(in: $0[0]) } == FailureClass.allCases.map { [$0.rawValue] })
        for stage in FailureCode.Stage.allCases {
            for reason in FailureCode.Reason.allCases {
                let code = FailureCode(stage, reason)
                let row = rows.first { row in
                    let codes = Markdown.code(in: row[1])
                    // Whatever goes wrong with a name may mend itself: the README says so beside the table.
                    let isGeneral = stage != .resolve && codes.contains("*.\(reason.rawValue)")
                    return codes.contains(code.description) || isGeneral
                }
                #expect(
                    row.map { Markdown.code(in: $0[0]) } ?? ["transient"] == [code.failureClass.rawValue],
                    "\(code)"
                )
            }
        }
    }

    @Test("The metrics are those that the program serves")
    func metrics() async throws {
        let gateway = try await ScriptedGateway(.degraded)
        _ = try await gateway.client().get("/ready")
        let text = try await gateway.client().get("/metrics").text
        await gateway.stop()
        let served = text.matches(of: #/# TYPE (\S+) /#).map { String($0.1) }
        let labels = text.matches(of: #/(?m)^(\w+)\{([^}]*)\}/#)
            .map { match in
                let names = match.2.matches(of: #/(\w+)="/#).map { String($0.1) }.filter { $0 != "le" }
                return "\(match.1.replacing(#/_(bucket|sum|count)$/#, with: "")){\(names.joined(separator: ","))}"
            }
        let described = try Markdown.readme().words("metrics").filter { $0.contains("_") }
        #expect(described.map { String($0.prefix { $0 != "{" }) } == served)
        #expect(Set(described.filter { $0.contains("{") }) == Set(labels))
    }

    @Test("The paths are those of the OpenAPI document")
    func paths() throws {
        #expect(Set(try Markdown.readme().words("paths")) == Set(try OpenAPIDocument().paths))
    }

    @Test("The commands and their options are those of the built program")
    func commands() async throws {
        let lines = try Markdown.readme().rows("commands").map { Markdown.code(in: $0[0])[0] }
        let help = try await Executable.run(["--help"]).output
        let known = help.split(separator: "SUBCOMMANDS:").last?.matches(of: #/(?m)^  (\w+)(?: \(default\))? {2,}\S/#)
            .map { String($0.1) }
        #expect(lines.map { String($0.split(separator: " ")[1]) } == known)
        for line in lines {
            let command = String(line.split(separator: " ")[1])
            let (end, output, _) = try await Executable.run([command, "--help"])
            let options = Set(output.matches(of: #/(?m)^  (?:-\w, )?(--[a-z-]+)/#).map { String($0.1) })
            #expect(end == .exited(0))
            #expect(
                options.subtracting(["--help", "--version"])
                    == Set(line.matches(of: #/--[a-z-]+/#).map { String($0.0) })
            )
        }
    }

    @Test("The variables that mean something are all told")
    func variables() throws {
        let told = try Markdown.readme().rows("variables").map { Markdown.code(in: $0[0])[0] }
        let known = OwnVariables.known.filter { OwnVariables.later[$0] == nil }
        #expect(Set(told.filter { !$0.hasPrefix(OwnVariables.checkPrefix) }) == Set(known))
    }
}
