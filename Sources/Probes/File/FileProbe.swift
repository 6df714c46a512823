internal import Health
internal import Transport

/// Looks at a file on a side thread: a dead NFS mount must hold nobody.
struct FileProbe: Probe {
    let inspection: FileInspection
    let network: Network

    func run(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> ProbeOutcome {
        let inspection = inspection
        do throws(TransportFailure) {
            let result = try await network.sideThreads.run(.run, until: deadline, on: loop) {
                Result { () throws(ProbeFailure) in try inspection.run() }
            }
            let contents: [UInt8]
            switch result {
            case .failure(let failure): return .failed(failure)
            case .success(let bytes): contents = bytes
            }
            guard case .pattern(let pattern)? = inspection.requirements.contents else { return .passed() }
            guard try await pattern.matches(contents, at: .run, with: network, until: deadline, on: loop) else {
                let word = "its contents do not match"
                return .failed(ProbeFailure(FailureCode(.assert, .unexpected), at: inspection.path, word))
            }
            return .passed()
        } catch {
            return .failed(ProbeFailure(error, at: inspection.path))
        }
    }
}
