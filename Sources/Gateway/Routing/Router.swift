package import Configuration
internal import Health
package import MicroHTTP
internal import Transport

/// Finds the answer to a request: a page from the board, or one made for this reader.
///
/// Runs on the server's thread. A plain question about a gate or a check allocates nothing.
package final class Router: Sendable {
    /// `/healthz` fails when a loop has stood still for this long: a restart helps then, and only then.
    static let longestStandstill = Duration.seconds(30)

    private let plan: Plan
    let board: PageBoard
    let loops: Loops
    private let details: [Listener.Detail]
    private let hosts: HostRule
    private let paths: PathTable
    let counters: RequestCounters
    private let longestWait: Duration
    private let metrics: MetricsDocument
    /// `api/openapi.yaml` as built in.
    private let openAPI = Page(status: 200, contentType: "application/yaml", body: PackageResources.openapi_yaml)
    private let notFound = Page.problem(status: 404, detail: "nothing is served here; see /openapi.yaml")
    private let misdirected = Page.problem(
        status: 421,
        detail: "details are not told under this name; list it under hosts: in the configuration"
    )
    let deadHeart: Page
    private let openOptions = Page(status: 200, headers: optionsHeaders)
    private let closedOptions = Page(status: 503, headers: optionsHeaders + [("Retry-After", "1")])

    /// - Parameters:
    ///   - listeners: in the order of the server's addresses.
    ///   - longestWait: for which an answer is held back.
    ///   - room: where.
    package init(
        plan: Plan,
        board: PageBoard,
        aggregator: Aggregator,
        loops: Loops,
        listeners: [Listener],
        hosts: [String],
        version: String,
        longestWait: Duration,
        room: WaitingRoom,
        connections: @escaping @Sendable () -> ConnectionCounts?
    ) {
        self.plan = plan
        self.board = board
        self.loops = loops
        self.longestWait = longestWait
        self.hosts = HostRule(allowed: Set(hosts))
        details = listeners.map(\.detail)
        paths = PathTable(plan)
        counters = RequestCounters(labels: paths.labels)
        metrics = MetricsDocument(
            plan: plan,
            aggregator: aggregator,
            loops: loops,
            counters: counters,
            version: version,
            waiters: { room.count },
            connections: connections
        )
        deadHeart = Page(
            status: 503,
            contentType: "application/health+json",
            headers: HealthDocument.headers(isOpen: false),
            body: Array(#"{"status":"fail","open":false,"gate":"healthz"}\#n"#.utf8)
        )
    }

    package func answer(_ request: borrowing RequestView) -> Reply {
        guard let known = request.withPath({ paths.find($0) }) else { return .page(notFound) }
        switch reply(to: request, on: known) {
        case .page(let page):
            counters.count(page.status, label: known.label)
            return .page(page)
        case .held(let question, let patience):
            return .held(question, atMost: patience)
        }
    }

    private func reply(to request: borrowing RequestView, on known: KnownPath) -> Reply {
        switch known.route {
        case .page(let subject):
            let reply = reply(to: request, on: subject, label: known.label)
            if case .options = request.method, case .page(let page) = reply { return .page(options(for: page)) }
            return reply
        case _ where request.method == .options:
            return .page(openOptions)
        case .metrics:
            return .page(metrics.page(for: request.header("Accept") ?? "", at: loops.checks.now))
        case .openAPI:
            return .page(openAPI)
        case .server:
            return .page(notFound)
        }
    }

    /// The answer to `OPTIONS` where `page` is the answer to `GET`; one that is no verdict stands for itself.
    private func options(for page: Page) -> Page {
        switch page.status {
        case 200: openOptions
        case 503: closedOptions
        default: page
        }
    }

    private func reply(to request: borrowing RequestView, on subject: Subject, label: Int) -> Reply {
        let now = loops.checks.now
        let detail = details[request.listener]
        let wantsText = request.header("Accept", beginsWith: "text/plain")
        guard request.hasQuery || wantsText else {
            return .page(isHeartDead(subject, at: now) ? deadHeart : board.page(on: subject, for: detail, at: now))
        }
        return reply(to: request, on: subject, detail, inText: wantsText, label: label)
    }

    /// The reply to a question that is not plain, made for it.
    private func reply(
        to request: borrowing RequestView,
        on subject: Subject,
        _ detail: Listener.Detail,
        inText wantsText: Bool,
        label: Int
    ) -> Reply {
        do {
            var query = try PageQuery(request.queryItems(), in: plan)
            if query.isVerbose, !hosts.admits(request.header("Host")) { return .page(misdirected) }
            let wait = request.method == .options ? .zero : min(query.wait, longestWait)
            // What is left decides the answer, so that all who wait for the same are asked for once.
            query.wait = .zero
            query.dialect = query.dialect ?? (wantsText ? .text : .health)
            let question = GateQuestion(subject: subject, query: query, detail: detail, label: label, router: self)
            if wait > .zero, question.answer() == nil { return .held(question, atMost: wait) }
            return .page(question.lastAnswer())
        } catch {
            return .page(.problem(status: 400, detail: error.sentence))
        }
    }

    /// Whether a loop has stood still for so long that the gateway itself is to be restarted, and this is what tells.
    func isHeartDead(_ subject: Subject, at now: ContinuousClock.Instant) -> Bool {
        subject == .gate(plan.healthz) && loops.standstill(at: now) > Self.longestStandstill
    }

    func document(
        on subject: Subject,
        asking query: PageQuery,
        _ detail: Listener.Detail,
        of snapshot: Snapshot,
        at now: ContinuousClock.Instant
    ) -> HealthDocument {
        let judgement = Judgement(of: snapshot, in: plan, at: now, maxAge: query.maxAge)
        guard !query.needed.isEmpty else {
            return HealthDocument(
                on: subject,
                by: judgement,
                detail: detail,
                isVerbose: query.isVerbose,
                excluding: query.excluded
            )
        }
        return HealthDocument(
            on: subject,
            asking: GateRule(.all, of: query.needed),
            excluding: query.excluded,
            by: judgement,
            detail: detail,
            isVerbose: query.isVerbose
        )
    }
}

private let optionsHeaders = [("Allow", "GET, HEAD, OPTIONS"), ("Cache-Control", "no-store")]
