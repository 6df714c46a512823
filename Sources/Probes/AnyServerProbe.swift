internal import Health
internal import Transport

/// Asks the servers of one check in turn, as libpq does with a list of hosts: any that passes is enough.
struct AnyServerProbe: Probe {
    private let probes: [any Probe]

    /// At least one, all of one type.
    init(of probes: [any Probe]) {
        self.probes = probes
    }

    var loop: LoopKind { probes[0].loop }
    var measure: Measure { probes[0].measure }
    var secretFiles: [String] {
        probes.flatMap(\.secretFiles)
            .reduce(into: []) { files, file in if !files.contains(file) { files.append(file) } }
    }

    /// Each server has an equal share of the time that those before it left, so that one which is silent hides no other.
    ///
    /// Where none passes, what waiting may mend is told before what it will not, else what the first said.
    func run(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> ProbeOutcome {
        await ask(until: deadline, on: loop) { probe, deadline, loop in
            (await probe.run(until: deadline, on: loop), nil)
        }
        .0
    }

    /// What is kept is the connection to the one that passed, until the next login asks all anew.
    func open(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> (
        ProbeOutcome, HeldConnection?
    ) {
        await ask(until: deadline, on: loop) { probe, deadline, loop in await probe.open(until: deadline, on: loop) }
    }

    func leads(to address: Address) -> Bool { probes.contains { $0.leads(to: address) } }

    func doubtName(heardBy moment: ContinuousClock.Instant) {
        for probe in probes { probe.doubtName(heardBy: moment) }
    }

    private func ask(
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop,
        by attempt: (any Probe, ContinuousClock.Instant, isolated EventLoop) async -> (
            ProbeOutcome, HeldConnection?
        )
    ) async -> (ProbeOutcome, HeldConnection?) {
        var failed: ProbeOutcome?
        for (index, probe) in probes.enumerated() {
            let share = loop.now.duration(to: deadline) / (probes.count - index)
            let (outcome, connection) = await attempt(probe, loop.now + share, loop)
            guard outcome.failure != nil, !Task.isCancelled else { return (outcome, connection) }
            if failed.map({ $0.isPermanent && !outcome.isPermanent }) ?? true { failed = outcome }
        }
        guard let failed else { preconditionFailure("a check of no server") }
        return (failed, nil)
    }

    func settle(on loop: isolated EventLoop) async {
        for probe in probes { await probe.settle(on: loop) }
    }
}

extension ProbeOutcome {
    fileprivate var isPermanent: Bool { failure?.code.failureClass == .permanent }
}
