package import Configuration
internal import Probes
package import Transport

extension Plan {
    /// Makes the probes of a valid configuration.
    ///
    /// - Returns: the plan, or what is wrong with files that a check names, each with its place.
    package static func make(
        _ configuration: Configuration,
        with network: Network
    ) -> Result<Plan, UnusableFiles> {
        checks(configuration.checks, with: network)
            .map { Plan(checks: $0, gates: configuration.gates, service: configuration.service) }
    }

    /// Makes the probes of valid definitions; else as ``make(_:with:)``.
    static func checks(
        _ definitions: [CheckDefinition],
        with network: Network
    ) -> Result<[Check], UnusableFiles> {
        var checks: [Check] = []
        var problems: [Diagnostic] = []
        for definition in definitions {
            let type = ProbeTypes.type(named: definition.type.name)
            do throws(TransportFailure) {
                let probe = try type.make(definition, network)
                checks.append(Check(definition: definition, component: type.component, probe: probe))
            } catch {
                problems.append(definition.diagnostic(.error, error.detail))
            }
        }
        return problems.isEmpty ? .success(checks) : .failure(UnusableFiles(problems: problems))
    }

    /// What stands in the way of making probes.
    package struct UnusableFiles: Error {
        package let problems: [Diagnostic]
    }
}
