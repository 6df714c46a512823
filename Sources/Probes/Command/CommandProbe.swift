internal import Configuration
internal import Glibc
internal import Health
internal import Transport

/// Runs a program; its exit status 0 is a pass.
struct CommandProbe: Probe {
    /// The program, an absolute path, and its arguments.
    let words: [String]
    let environment: [NamedSecret]
    let network: Network

    var secretFiles: [String] { environment.compactMap(\.value.file) }

    func run(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> ProbeOutcome {
        do throws(ProbeFailure) {
            var values: [String] = []
            for variable in environment {
                values.append(try await variable.value.reveal(with: network, until: deadline, on: loop))
            }
            let command = Command(words, environment: zip(environment, values).map { "\($0.name)=\($1)" })
            let result = try await result(of: command, until: deadline, on: loop)
            guard result.ending != .exited(status: 0) else { return .passed() }
            throw ProbeFailure(FailureCode(.run, .unexpected), at: words[0], sentence(for: result, hiding: values))
        } catch {
            return .failed(error)
        }
    }

    private func result(
        of command: Command,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(ProbeFailure) -> Command.Result {
        do throws(TransportFailure) {
            return try await network.children.run(command, with: network.sideThreads, until: deadline, on: loop)
        } catch {
            throw ProbeFailure(error, at: words[0])
        }
    }

    /// How it ended, and the first line of what it said.
    private func sentence(for result: Command.Result, hiding values: [String]) -> String {
        let ending =
            switch result.ending {
            case .exited(let status): "exit status \(status)"
            case .signalled(let signal): "ended by signal \(signal) (\(String(cString: strsignal(signal))))"
            }
        let text = String(decoding: result.output, as: UTF8.self)
        guard var line = text.split(whereSeparator: \.isNewline).first.map(String.init) else { return ending }
        // Of a value of several lines, one may stand in this one. A short one, as `1` or `yes`, is no secret, and would be found
        // everywhere.
        let secrets = values.flatMap { $0.split(whereSeparator: \.isNewline) }.filter { $0.utf8.count >= 4 }
        for secret in secrets.sorted(by: { $0.utf8.count > $1.utf8.count }) {
            line = line.replacing(secret, with: "***")
        }
        return "\(ending): \(line.oneLine(atMost: ProbeFailure.longestSentence))"
    }
}
