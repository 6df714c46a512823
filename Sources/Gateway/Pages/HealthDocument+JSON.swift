internal import Configuration
internal import Health

extension HealthDocument {
    /// `application/health+json` (draft-inadarei-api-health-check-06): the verdict first, so that a reader who matches
    /// text cannot be fooled by a check.
    func json() -> [UInt8] {
        guard detail != .status else { return body { _ in } }
        if let whole = bodyShowing(members, upTo: limit) { return whole }
        let part = bodyShowingFailing()
        // What the operator says of the service may alone be too long.
        return part.count <= limit ? part : bodyShowingNone()
    }

    /// The body with all of these checks; nil where it would pass the limit.
    private func bodyShowing(_ members: [Plan.Member], upTo limit: Int) -> [UInt8]? {
        var fits = true
        let body = body { json in
            guard !members.isEmpty else { return }
            json.key("checks")
            json.object { json in fits = members.allSatisfy { append($0, to: &json, upTo: limit) } }
        }
        return fits && body.count <= limit ? body : nil
    }

    private func bodyShowingFailing() -> [UInt8] {
        body { json in
            json.key("checks")
            var omission = Omission()
            json.object { json in omission = showFailing { append($0, to: &json, upTo: $1) } }
            write(omission, to: &json)
        }
    }

    private func bodyShowingNone() -> [UInt8] {
        body(namesService: false) { json in write(showFailing { _, _ in false }, to: &json) }
    }

    private func body(namesService: Bool = true, _ rest: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("status", verdict.status.rawValue)
            json.key("open")
            json.boolean(verdict.isOpen)
            json.member("gate", name)
            guard detail != .status else { return }
            json.member("code", verdict.failure?.code.description)
            if namesService { writeService(to: &json) }
            json.member("output", output)
            rest(&json)
        }
        json.newline()
        return json.bytes
    }

    private func writeService(to json: inout JSONWriter) {
        json.member("version", service.version)
        json.member("releaseId", service.release)
        json.member("serviceId", service.name)
        json.member("description", service.description)
    }

    /// Writes a check, or, where the document would pass the limit, takes it back and returns false.
    private func append(_ member: Plan.Member, to json: inout JSONWriter, upTo limit: Int) -> Bool {
        let mark = json.mark
        let entry = entry(of: member)
        json.key(entry.name)
        json.array { $0.object { write(entry, to: &$0) } }
        guard json.bytes.count <= limit else {
            json.rewind(to: mark)
            return false
        }
        return true
    }

    private func write(_ entry: Entry, to json: inout JSONWriter) {
        let level = entry.level
        json.member("componentId", entry.name)
        json.member("componentType", entry.component)
        json.member("status", level == .pending ? Level.fail.rawValue : level.rawValue)
        if let latest = entry.state.latest {
            json.observed(entry.measure, duration: latest.duration, at: latest.time, entry.state.certificateEnd)
            json.member("time", latest.time.rfc3339)
        }
        json.member("output", level == .pass ? nil : entry.output)
        json.member("level", level.rawValue)
        if let failure = entry.failure {
            json.member("code", failure.code.description)
            json.member("class", failure.code.failureClass.rawValue)
        }
        json.member("since", entry.state.since?.rfc3339)
        json.key("required")
        json.boolean(entry.isRequired)
        json.key("attempts")
        json.number(entry.state.attempts)
        json.member("role", entry.replication?.roles.first?.description)
        if isVerbose { writeMoment(of: entry, to: &json) }
    }

    /// What changes by the moment, and would make every answer another.
    private func writeMoment(of entry: Entry, to json: inout JSONWriter) {
        if let latest = entry.state.latest {
            json.key("age_ms")
            json.number(latest.finished.milliseconds(to: entry.now))
        }
        if let due = entry.state.due {
            json.key("next_check_in_ms")
            json.number(entry.now.milliseconds(to: due))
        }
        if let lag = entry.replication?.lag {
            json.key("lag_ms")
            json.number(Int64(lag / .milliseconds(1)))
        }
    }

    private func write(_ omission: Omission, to json: inout JSONWriter) {
        json.key("omitted")
        json.object { json in
            for (status, count) in omission.counts {
                json.key(status)
                json.number(count)
            }
        }
    }
}

extension ContinuousClock.Instant {
    /// Whole milliseconds from this instant to `later`; 0 where that is past.
    fileprivate func milliseconds(to later: ContinuousClock.Instant) -> Int64 {
        Int64(max(.zero, duration(to: later)) / .milliseconds(1))
    }
}
