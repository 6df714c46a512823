package import Configuration
package import Health
package import Transport

extension SecretSource {
    /// The path of the file that holds it; nil where it is no file.
    package var file: String? {
        if case .file(let path) = self { path } else { nil }
    }

    /// The secret as it is now, its file read on a side thread: its mount may be dead.
    ///
    /// Throws `configure.not_found`, `.denied`, `.malformed` or `.timed_out`, naming the file.
    package func reveal(
        with network: Network,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(ProbeFailure) -> String {
        guard case .file(let path) = self else { return try value(at: "").get() }
        let source = self
        let result: Result<String, ProbeFailure>
        do throws(TransportFailure) {
            result = try await network.sideThreads.run(.configure, until: deadline, on: loop) { source.value(at: path) }
        } catch {
            throw ProbeFailure(error, at: path)
        }
        return try result.get()
    }

    private func value(at path: String) -> Result<String, ProbeFailure> {
        do throws(FileReader.Failure) {
            return .success(try read(from: .system).reveal())
        } catch {
            let reason: FailureCode.Reason =
                switch error {
                case .notFound: .notFound
                case .denied: .denied
                default: .malformed
                }
            return .failure(ProbeFailure(FailureCode(.configure, reason), at: path, error.description))
        }
    }
}
