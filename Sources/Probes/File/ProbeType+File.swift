internal import Configuration

extension ProbeType {
    /// `file:` looks at a file, a folder or a mount.
    static let file = ProbeType(
        CheckType(
            name: "file",
            selector: .file,
            options: [
                OptionSpec("absent", .boolean, "whether there must be nothing at the path", default: "false"),
                OptionSpec(
                    "type",
                    .choice(FileRequirements.Kind.allCases.map(\.rawValue)),
                    "what it must be",
                    default: "anything"
                ),
                OptionSpec("writable", .boolean, "whether the gateway's user must be able to write", default: "false"),
                OptionSpec("minFree", .size, "space that must be free on its file system, without the reserve of root"),
                OptionSpec("maxAge", .duration, "how long ago its content may have changed, by the wall clock"),
                OptionSpec(
                    "contents",
                    .text,
                    "text that its first 64 KiB must contain; `~` before it makes it a regular expression"
                ),
                OptionSpec(
                    "notEmpty",
                    .boolean,
                    "whether a file must have bytes, a folder entries",
                    default: "false"
                ),
            ],
            summary: "something is at a path, and is as asked for",
            validate: diagnostics
        ),
        component: .system
    ) { definition, network in
        do throws(Mistake) {
            let inspection = FileInspection(path: definition.file, requirements: try requirements(definition))
            return FileProbe(inspection: inspection, network: network)
        } catch {
            preconditionFailure("a pattern was not validated: \(error)")
        }
    }

    private static func requirements(_ definition: CheckDefinition) throws(Mistake) -> FileRequirements {
        FileRequirements(
            isAbsent: definition.boolean("absent") ?? false,
            kind: definition.text("type").flatMap(FileRequirements.Kind.init(rawValue:)),
            isWritable: definition.boolean("writable") ?? false,
            minFree: definition.size("minFree"),
            maxAge: definition.duration("maxAge"),
            contents: try contents(definition),
            isNotEmpty: definition.boolean("notEmpty") ?? false
        )
    }

    private static func contents(_ definition: CheckDefinition) throws(Mistake) -> Sought? {
        guard let text = definition.text("contents") else { return nil }
        return try Sought(text)
    }

    private static func diagnostics(_ definition: CheckDefinition) -> [Diagnostic] {
        var found: [Diagnostic] = []
        do throws(Mistake) {
            _ = try contents(definition)
        } catch {
            found.append(definition.diagnostic(.error, option: "contents", error.description))
        }
        if definition.boolean("absent") == true {
            for option in definition.options where option.name != "absent" {
                let message = "what is absent has no other qualities: remove 'absent' or this"
                found.append(definition.diagnostic(.error, option: option.name, message))
            }
        }
        return found
    }
}
