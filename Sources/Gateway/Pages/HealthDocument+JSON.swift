internal import Configuration
internal import Health

extension HealthDocument {
    /// The longest body without `verbose`, in bytes (CONTRACT section 6).
    static let longestBody = 4096

    /// What is kept free for the end of a body that does not show all checks.
    private static let omissionReserve = 80

    /// `application/health+json` (draft-inadarei-api-health-check-06): the verdict first, so that a reader who matches
    /// text cannot be fooled by a check.
    func json() -> [UInt8] {
        guard detail != .status else { return body { _ in } }
        let limit = isVerbose ? Int.max : Self.longestBody
        if let whole = bodyShowing(members, upTo: limit) { return whole }
        return body { json in
            var omitted: [Level: Int] = [:]
            json.key("checks")
            json.object { json in
                for member in members {
                    let level = level(of: member)
                    let isShown = level != .pass && append(member, to: &json, upTo: limit - Self.omissionReserve)
                    if !isShown { omitted[level, default: 0] += 1 }
                }
            }
            write(omitted: omitted, to: &json)
        }
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

    private func body(_ rest: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("status", verdict.status.rawValue)
            json.key("open")
            json.boolean(verdict.isOpen)
            json.member("gate", name)
            guard detail != .status else { return }
            json.member("code", verdict.failure?.code.description)
            json.member("version", service.version)
            json.member("releaseId", service.release)
            json.member("serviceId", service.name)
            json.member("description", service.description)
            json.member("output", output)
            rest(&json)
        }
        json.newline()
        return json.bytes
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
            json.key("observedValue")
            json.milliseconds(latest.duration)
            json.member("observedUnit", "ms")
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

    private func write(omitted: [Level: Int], to json: inout JSONWriter) {
        json.key("omitted")
        json.object { json in
            for (key, levels) in [("pass", [Level.pass]), ("warn", [.warn]), ("fail", [.fail, .pending])] {
                json.key(key)
                json.number(levels.reduce(0) { $0 + (omitted[$1] ?? 0) })
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
