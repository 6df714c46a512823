internal import Configuration
internal import Health

extension HealthDocument {
    /// `application/health+json` (draft-inadarei-api-health-check-06): the verdict first, so that a reader who matches
    /// text cannot be fooled by a check.
    func json() -> [UInt8] {
        let nothing = Selection(omitted: checks)
        let size = json(nothing).count
        // What the operator says of the service may alone be too long.
        if !isVerbose, size > Self.longestBody { return json(nothing, namesService: false) }
        return json(select(besides: size, member(for:)))
    }

    private func json(_ selection: Selection, namesService: Bool = true) -> [UInt8] {
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
            if !checks.isEmpty {
                json.key("checks")
                json.object { for member in selection.shown { $0.append(member[...]) } }
            }
            if !selection.omitted.isEmpty { write(omitted: selection.omitted, to: &json) }
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

    /// The member of `checks` that is about one check.
    private func member(for entry: Entry) -> [UInt8] {
        var json = JSONWriter()
        json.key(entry.name)
        json.array { $0.object { write(entry, to: &$0) } }
        return json.bytes
    }

    private func write(_ entry: Entry, to json: inout JSONWriter) {
        let level = entry.view.level
        json.member("componentId", entry.name)
        json.member("componentType", entry.component)
        json.member("status", level == .pending ? Level.fail.rawValue : level.rawValue)
        if let latest = entry.state.latest {
            json.key("observedValue")
            json.milliseconds(latest.duration)
            json.member("observedUnit", "ms")
            json.member("time", latest.time.rfc3339)
        }
        json.member("output", level == .pass ? nil : entry.output)
        json.member("level", level.rawValue)
        if let failure = entry.view.failure {
            json.member("code", failure.code.description)
            json.member("class", failure.code.failureClass.rawValue)
        }
        json.member("since", entry.state.since?.rfc3339)
        json.key("required")
        json.boolean(entry.isRequired)
        json.key("attempts")
        json.number(entry.state.attempts)
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
    }

    private func write(omitted: [Int], to json: inout JSONWriter) {
        json.key("omitted")
        json.object { json in
            for (status, count) in counts(of: omitted) {
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
