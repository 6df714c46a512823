package import Configuration
internal import Health
package import MicroHTTP
internal import Transport

/// Finds the answer to a request: a page from the board, or one made for this reader.
///
/// Runs on the server's thread. A plain question about a gate or a check allocates nothing.
package struct Router: Sendable {
    /// `/healthz` fails when a loop has stood still for this long: a restart helps then, and only then.
    static let longestStandstill = Duration.seconds(30)

    private let plan: Plan
    private let board: PageBoard
    private let loops: Loops
    private let details: [Listener.Detail]
    private let hosts: HostRule
    private let paths: PathTable
    private let counters: RequestCounters
    private let metrics: MetricsDocument
    /// `api/openapi.yaml` as built in.
    private let openAPI = Page(status: 200, contentType: "application/yaml", body: PackageResources.openapi_yaml)
    private let notFound = Page.problem(status: 404, detail: "nothing is served here; see /openapi.yaml")
    private let misdirected = Page.problem(
        status: 421,
        detail: "details are not told under this name; list it under hosts: in the configuration"
    )
    private let deadHeart: Page
    private let openOptions = Page(status: 200, headers: optionsHeaders)
    private let closedOptions = Page(status: 503, headers: optionsHeaders + [("Retry-After", "1")])

    /// - Parameter listeners: in the order of the server's addresses.
    package init(
        plan: Plan,
        board: PageBoard,
        aggregator: Aggregator,
        loops: Loops,
        listeners: [Listener],
        hosts: [String],
        version: String,
        connections: @escaping @Sendable () -> ConnectionCounts?
    ) {
        self.plan = plan
        self.board = board
        self.loops = loops
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
            connections: connections
        )
        deadHeart = Page(
            status: 503,
            contentType: "application/health+json",
            headers: HealthDocument.headers(isOpen: false),
            body: Array(#"{"status":"fail","open":false,"gate":"healthz"}\#n"#.utf8)
        )
    }

    package func answer(_ request: borrowing RequestView) -> Page {
        guard let known = request.withPath({ paths.find($0) }) else { return notFound }
        let page = page(for: known.route, request)
        counters.count(page.status, label: known.label)
        return page
    }

    private func page(for route: Route, _ request: borrowing RequestView) -> Page {
        switch route {
        case .page(let subject):
            let page = page(on: subject, request)
            return request.method == .options ? options(for: page) : page
        case _ where request.method == .options:
            return openOptions
        case .metrics:
            return metrics.page(for: request.header("Accept") ?? "", at: loops.checks.now)
        case .openAPI:
            return openAPI
        case .server:
            return notFound
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

    private func page(on subject: Subject, _ request: borrowing RequestView) -> Page {
        let now = loops.checks.now
        if subject == .gate(plan.healthz), loops.standstill(at: now) > Self.longestStandstill { return deadHeart }
        let detail = details[request.listener]
        let wantsText = request.header("Accept", beginsWith: "text/plain")
        guard request.hasQuery || wantsText else { return board.page(on: subject, for: detail, at: now) }
        do {
            let query = try PageQuery(request.queryItems(), in: plan)
            if query.isVerbose, !hosts.admits(request.header("Host")) { return misdirected }
            let document = document(on: subject, asking: query, detail, at: now)
            return document.page(as: query.dialect ?? (wantsText ? .text : .health))
        } catch {
            return .problem(status: 400, detail: error.sentence)
        }
    }

    private func document(
        on subject: Subject,
        asking query: PageQuery,
        _ detail: Listener.Detail,
        at now: ContinuousClock.Instant
    ) -> HealthDocument {
        let judgement = Judgement(of: board.snapshot, in: plan, at: now, maxAge: query.maxAge)
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
