internal import Configuration
internal import MicroHTTP
internal import Transport

/// What a reader asks on a gate path, to be answered now or, with `wait=`, once the gate is open.
struct GateQuestion: Question {
    let subject: Subject
    /// Its `wait` does not count, its dialect is chosen.
    let query: PageQuery
    let detail: Listener.Detail
    /// Of the path that it was asked on.
    let label: Int
    let router: Router

    static func == (left: GateQuestion, right: GateQuestion) -> Bool {
        left.subject == right.subject && left.query == right.query && left.detail == right.detail
            && left.label == right.label
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(subject)
        hasher.combine(query)
        hasher.combine(detail)
        hasher.combine(label)
    }

    /// Nil while what is asked for is closed; a gateway that drains keeps nobody waiting for it.
    func answer() -> Page? {
        let now = router.loops.checks.now
        let snapshot = router.board.snapshot
        if snapshot.isDraining { return page(of: snapshot, at: now) }
        guard !router.isHeartDead(subject, at: now) else { return nil }
        let document = document(of: snapshot, at: now)
        return document.verdict.isOpen ? page(document) : nil
    }

    func lastAnswer() -> Page {
        page(of: router.board.snapshot, at: router.loops.checks.now)
    }

    func note(_ page: Page) {
        router.counters.count(page.status, label: label)
    }

    private func page(of snapshot: Snapshot, at now: ContinuousClock.Instant) -> Page {
        router.isHeartDead(subject, at: now) ? router.deadHeart : page(document(of: snapshot, at: now))
    }

    private func page(_ document: HealthDocument) -> Page {
        document.page(as: query.dialect ?? .health)
    }

    private func document(of snapshot: Snapshot, at now: ContinuousClock.Instant) -> HealthDocument {
        router.document(on: subject, asking: query, detail, of: snapshot, at: now)
    }
}
