internal import Configuration
internal import Health
internal import MicroHTTP

/// What `/metrics` tells (CONTRACT section 10); its series are fixed at start.
struct MetricsDocument: Sendable {
    let plan: Plan
    let aggregator: Aggregator
    let loops: Loops
    let counters: RequestCounters
    let version: String
    let waiters: @Sendable () -> Int
    let connections: @Sendable () -> ConnectionCounts?

    /// The answer for a reader with this `Accept` header.
    func page(for accept: String, at now: ContinuousClock.Instant) -> Page {
        let format: MetricsWriter.Format = accept.contains("application/openmetrics-text") ? .openMetrics : .prometheus
        var writer = MetricsWriter(format)
        let judgement = Judgement(of: aggregator.snapshot(), in: plan, at: now)
        writeChecks(judgement, to: &writer)
        writeProbes(aggregator.counters(), judgement, to: &writer)
        writeServer(to: &writer, at: now)
        writeProcess(ProcessFigures.now, to: &writer)
        return Page(
            status: 200,
            contentType: format.contentType,
            headers: [("Cache-Control", "no-store")],
            body: writer.finish()
        )
    }

    private func writeChecks(_ judgement: Judgement, to writer: inout MetricsWriter) {
        writer.family("allclear_check_up", .gauge, "Whether the check passes (1) or not (0).")
        for (index, check) in plan.checks.enumerated() {
            writer.sample([("check", check.name)], judgement.levels[index].isPassing ? 1 : 0)
        }
        writer.family("allclear_check_level", .gauge, "1 for the level that the check is at.")
        for (index, check) in plan.checks.enumerated() {
            for level in Level.allCases {
                let labels = [("check", check.name), ("level", level.rawValue)]
                writer.sample(labels, judgement.levels[index] == level ? 1 : 0)
            }
        }
        writer.family("allclear_gate_open", .gauge, "Whether the gate is open (1) or closed (0).")
        for (index, gate) in plan.gates.enumerated() {
            writer.sample([("gate", gate.name.description)], judgement.verdict(ofGate: index).isOpen ? 1 : 0)
        }
        writer.family(
            "allclear_check_last_success_timestamp_seconds",
            .gauge,
            "When a probe of the check last passed, in seconds since 1970; 0 for never."
        )
        for (index, check) in plan.checks.enumerated() {
            let milliseconds = judgement.snapshot.checks[index].lastPass?.milliseconds ?? 0
            writer.sample([("check", check.name)], Double(milliseconds) / 1000)
        }
        writeCertificates(judgement, to: &writer)
    }

    /// Only where a check has seen a certificate.
    private func writeCertificates(_ judgement: Judgement, to writer: inout MetricsWriter) {
        let ends = zip(plan.checks, judgement.snapshot.checks)
            .compactMap { check, state in state.certificateEnd.map { (check.name, $0) } }
        guard !ends.isEmpty else { return }
        writer.family(
            "allclear_certificate_expiry_seconds",
            .gauge,
            "When the first of the certificates ends that the server was last trusted by, in seconds since 1970."
        )
        for (name, end) in ends { writer.sample([("check", name)], end.milliseconds / 1000) }
    }

    private func writeProbes(_ checks: [CheckCounters], _ judgement: Judgement, to writer: inout MetricsWriter) {
        writer.family("allclear_probe_duration_seconds", .histogram, "How long the probes of the check took.")
        for (check, counters) in zip(plan.checks, checks) {
            var sum: UInt64 = 0
            let bounds = CheckCounters.bounds.map { "\($0)" } + ["+Inf"]
            for (bound, count) in zip(bounds, counters.buckets) {
                sum += count
                writer.sample([("check", check.name), ("le", bound)], suffix: "_bucket", sum)
            }
            writer.sample([("check", check.name)], suffix: "_sum", counters.totalDuration)
            writer.sample([("check", check.name)], suffix: "_count", sum)
        }
        writer.family(
            "allclear_probes_total",
            .counter,
            "Probes of the check by what they found; code pass for a pass."
        )
        for (check, counters) in zip(plan.checks, checks) {
            for (code, count) in counters.probes {
                writer.sample([("check", check.name), ("code", code?.description ?? "pass")], count)
            }
        }
        writer.family("allclear_transitions_total", .counter, "Changes of the check's level, by the level reached.")
        for (check, counters) in zip(plan.checks, checks) {
            for level in [Level.pass, .warn, .fail] {
                writer.sample([("check", check.name), ("to", level.rawValue)], counters.transitions[level] ?? 0)
            }
        }
    }

    private func writeServer(to writer: inout MetricsWriter, at now: ContinuousClock.Instant) {
        writer.family("allclear_http_requests_total", .counter, "Answers by known path and status.")
        for (label, status, count) in counters.all() {
            writer.sample([("path", label), ("code", "\(status)")], count)
        }
        if let connections = connections() {
            writer.family("allclear_connections", .gauge, "Open client connections by state.")
            writer.sample([("state", "active")], connections.active)
            writer.sample([("state", "idle")], connections.idle)
        }
        writer.family("allclear_waiters", .gauge, "Requests whose answer is held back until a gate opens.")
        writer.sample(waiters())
        writer.family("allclear_scheduler_lag_seconds", .gauge, "For how long the scheduler has been late to move.")
        writer.sample(loops.standstill(at: now).seconds)
        writer.family("allclear_build_info", .gauge, "1, with the version that runs.")
        writer.sample([("version", version)], 1)
    }

    private func writeProcess(_ figures: ProcessFigures, to writer: inout MetricsWriter) {
        writer.family("process_cpu_seconds_total", .counter, "Total user and system CPU time spent in seconds.")
        writer.sample(figures.cpuSeconds)
        writer.family("process_open_fds", .gauge, "Number of open file descriptors.")
        writer.sample(figures.openDescriptors)
        writer.family("process_max_fds", .gauge, "Maximum number of open file descriptors.")
        writer.sample(figures.mostDescriptors)
        writer.family("process_virtual_memory_bytes", .gauge, "Virtual memory size in bytes.")
        writer.sample(figures.virtualBytes)
        writer.family("process_resident_memory_bytes", .gauge, "Resident memory size in bytes.")
        writer.sample(figures.residentBytes)
        writer.family("process_start_time_seconds", .gauge, "Start time of the process since unix epoch in seconds.")
        writer.sample(figures.startSeconds)
        writer.family("process_threads", .gauge, "Number of threads of the process.")
        writer.sample(figures.threads)
    }
}
