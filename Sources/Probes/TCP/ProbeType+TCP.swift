internal import Configuration
internal import Transport

extension ProbeType {
    /// `tcp://` and `unix://`: any server, by a connection and a dialogue of the user's own.
    ///
    /// The loader refuses port 3306 without `allowAbortedConnects`, and warns of the ports of databases.
    static let tcp = ProbeType(
        CheckType(
            name: "tcp",
            schemes: [URLScheme("tcp"), URLScheme("unix", .socketAsPath)],
            queryNamesOptions: true,
            options: [
                OptionSpec(
                    "steps",
                    .steps,
                    "what to send and what to expect, in turn; `~` before what is expected makes it a regular expression"
                ),
                OptionSpec(
                    "allowAbortedConnects",
                    .boolean,
                    "connect to port 3306 nevertheless, though MySQL bans hosts that connect without a login",
                    default: "false"
                ),
            ],
            holding: { _ in .onRequest },
            summary: "a connection stands; with steps, the server also answers as expected",
            validate: diagnostics
        ),
        component: .component
    ) { definition, network in
        let url = definition.url
        let steps = (definition.steps("steps") ?? [])
            .map { step in
                do throws(Mistake) {
                    return try TextDialogue.Step(step)
                } catch {
                    preconditionFailure("a step was not validated: \(error)")
                }
            }
        return TCPProbe(endpoint: Endpoint(url), place: url.place, steps: steps, network: network)
    }

    private static func diagnostics(_ definition: CheckDefinition) -> [Diagnostic] {
        (definition.steps("steps") ?? []).enumerated()
            .compactMap { index, step in
                do throws(Mistake) {
                    _ = try TextDialogue.Step(step)
                    return nil
                } catch {
                    return definition.diagnostic(.error, option: "steps", "step \(index + 1): \(error)")
                }
            }
    }
}
