package import Configuration
internal import Health
internal import MicroHTTP
internal import Synchronization

/// Where the pages hang that readers are given: one for each subject and level of detail.
///
/// A page is good for its snapshot and until a result would go stale; after that, or on first asking, it is made anew
/// from the snapshot, so that a scheduler that stands still reads as stale. Taking a page allocates nothing.
package final class PageBoard: Sendable {
    private struct Cell {
        var page: Page?
        /// From ``origin`` on; nil for as long as the snapshot lasts.
        var validUntil: Duration?
    }

    private struct State {
        var snapshot: Snapshot
        var cells: [Cell]
        /// Where a page hangs.
        var used: [Int] = []

        mutating func hang(_ cell: Cell, at place: Int) {
            if cells[place].page == nil { used.append(place) }
            cells[place] = cell
        }
    }

    private let plan: Plan
    /// The levels of detail that some listener grants.
    private let details: Set<Listener.Detail>
    private let published: @Sendable () -> Void
    /// From which moments in the cells are reckoned: the layout of a clock's instant is not known when this is compiled, which
    /// would make each look at a cell many calls.
    private let origin = ContinuousClock.now
    private let state: Mutex<State>

    /// - Parameters:
    ///   - details: those that readers may get; the gates' pages at `summary` are rendered ahead.
    ///   - published: called after each new snapshot, on the thread that published it.
    package init(
        plan: Plan,
        details: Set<Listener.Detail>,
        published: @escaping @Sendable () -> Void = {}
    ) {
        self.plan = plan
        self.details = details
        self.published = published
        let nothing = Snapshot(
            version: 0,
            checks: CheckStates(plan.checks.lazy.map { CheckState(policy: $0.policy) }),
            hasStarted: false,
            isDraining: false
        )
        let subjects = plan.gates.count + 2 * plan.checks.count
        let cells = [Cell](repeating: Cell(), count: subjects * Self.columns)
        state = Mutex(State(snapshot: nothing, cells: cells))
    }

    /// The page to answer with now.
    func page(on subject: Subject, for detail: Listener.Detail, at now: ContinuousClock.Instant) -> Page {
        let place = place(of: subject, detail)
        let moment = origin.duration(to: now)
        let hanging = state.withLock { state -> Page? in
            if let validUntil = state.cells[place].validUntil, moment >= validUntil { return nil }
            return state.cells[place].page
        }
        if let hanging { return hanging }
        let snapshot = snapshot
        let (page, validUntil) = render(subject, detail, by: Judgement(of: snapshot, in: plan, at: now))
        hang(page, until: validUntil, at: place, of: snapshot)
        return page
    }

    /// The latest that was published.
    var snapshot: Snapshot {
        state.withLock { $0.snapshot }
    }

    /// Replaces the snapshot by the one that was judged, unless a later one has come already, and takes all pages of earlier
    /// ones down.
    func publish(_ judgement: Judgement) {
        let snapshot = judgement.snapshot
        let ahead = (details.contains(.summary) ? plan.gates.indices : 0..<0)
            .map { gate in (place(of: .gate(gate), .summary), render(.gate(gate), .summary, by: judgement)) }
        let isNew = state.withLock { state in
            guard snapshot.version > state.snapshot.version else { return false }
            state.snapshot = snapshot
            for place in state.used { state.cells[place] = Cell() }
            state.used.removeAll(keepingCapacity: true)
            for (place, (page, validUntil)) in ahead {
                state.hang(Cell(page: page, validUntil: validUntil), at: place)
            }
            return true
        }
        if isNew { published() }
    }

    private func hang(
        _ page: Page,
        until validUntil: Duration?,
        at place: Int,
        of snapshot: Snapshot
    ) {
        state.withLock { state in
            guard snapshot.version == state.snapshot.version else { return }
            state.hang(Cell(page: page, validUntil: validUntil), at: place)
        }
    }

    private func render(
        _ subject: Subject,
        _ detail: Listener.Detail,
        by judgement: Judgement
    ) -> (Page, validUntil: Duration?) {
        let document = HealthDocument(on: subject, by: judgement, detail: detail)
        return (document.page(as: .health), document.validUntil.map { origin.duration(to: $0) })
    }

    private func place(of subject: Subject, _ detail: Listener.Detail) -> Int {
        let row =
            switch subject {
            case .gate(let gate): gate
            case .check(let check): plan.gates.count + check
            case .liveness(let check): plan.gates.count + plan.checks.count + check
            }
        return row * Self.columns + detail.column
    }

    /// Stored, as `allCases` makes a new array at each asking.
    private static let columns = Listener.Detail.allCases.count
}

extension Listener.Detail {
    fileprivate var column: Int {
        switch self {
        case .status: 0
        case .summary: 1
        case .full: 2
        }
    }
}
