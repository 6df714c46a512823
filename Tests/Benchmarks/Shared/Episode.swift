import Foundation

/// Something that happened to a server, with what a check of it has to say meanwhile.
///
/// The server was well until ``start``, and nothing before; it can have been well again from ``undone`` on, and certainly
/// was from ``back`` on.
package struct Episode: Sendable {
    /// What the check has to say.
    package enum Demand: Sendable, Hashable {
        /// That the server is not well, so soon; and that it is well again.
        case fall(within: Duration)
        /// Nothing, or that it was away for a moment: it may have been too short to be seen.
        case mayFall
        /// Nothing: what happened is no harm.
        case none
    }

    package let demand: Demand
    package let start: ContinuousClock.Instant
    package let undone: ContinuousClock.Instant
    package let back: ContinuousClock.Instant
    /// How long after ``back`` the check may take to say so.
    package let riseBound: Duration

    package init(
        _ demand: Demand,
        start: ContinuousClock.Instant,
        undone: ContinuousClock.Instant,
        back: ContinuousClock.Instant,
        riseWithin riseBound: Duration
    ) {
        self.demand = demand
        self.start = start
        self.undone = undone
        self.back = back
        self.riseBound = riseBound
    }

    /// How a check has kept its word.
    package struct Judgement: Sendable {
        /// From the start to the first word that it is not well; nil where there was none, or none was due.
        package fileprivate(set) var fall: Duration?
        /// From when it was back to the word that it is well, zero where that came before the first answer to us; nil where
        /// there was none, or none was due.
        package fileprivate(set) var rise: Duration?
        /// What came too late or never.
        package fileprivate(set) var missed: [Fault] = []
        /// What was not true.
        package fileprivate(set) var untrue: [Fault] = []
    }

    package struct Fault: Sendable {
        package let time: ContinuousClock.Instant
        package let text: String
    }

    /// - Parameter sightings: changes of the check's word since the last episode, at whose end it said that all is well, in
    ///   their order, up to a moment when the bound for the way back has passed, or the word was well.
    package func judge(_ sightings: [Sighting]) -> Judgement {
        var judgement = Judgement()
        var isReady = true
        var rise: ContinuousClock.Instant?
        for sighting in sightings where sighting.isReady != isReady {
            isReady = sighting.isReady
            if isReady {
                rise = sighting.answered
                guard case .fall = demand, judgement.fall != nil, sighting.answered < undone else { continue }
                judgement.untrue.append(Fault(time: sighting.answered, text: "ready while the server was not well"))
            } else if sighting.answered < start || !allowsFall(sighting, after: rise) {
                judgement.untrue.append(Fault(time: sighting.answered, text: "not ready while the server was well"))
            } else {
                if judgement.fall == nil { judgement.fall = start.duration(to: sighting.answered) }
                rise = nil
            }
        }
        demandFall(&judgement)
        if judgement.fall != nil { demandRise(rise, isReady, &judgement) }
        return judgement
    }

    private func allowsFall(_ sighting: Sighting, after rise: ContinuousClock.Instant?) -> Bool {
        switch demand {
        case .none: false
        case .mayFall: sighting.asked < back + riseBound
        // Once it has come back it stays.
        case .fall: rise == nil || sighting.asked < back
        }
    }

    private func demandFall(_ judgement: inout Judgement) {
        guard case .fall(let bound) = demand else { return }
        if let fall = judgement.fall, fall <= bound { return }
        let late = judgement.fall.map { "only after \($0.inSeconds)" } ?? "never"
        judgement.missed.append(Fault(time: start, text: "not ready: \(late), not within \(bound.inSeconds)"))
    }

    private func demandRise(_ rise: ContinuousClock.Instant?, _ isReady: Bool, _ judgement: inout Judgement) {
        judgement.rise = isReady ? rise.map { max(back.duration(to: $0), .zero) } : nil
        if let rise = judgement.rise, rise <= riseBound { return }
        let late = judgement.rise.map { "only after \($0.inSeconds)" } ?? "not yet"
        judgement.missed.append(Fault(time: back, text: "ready again: \(late), not within \(riseBound.inSeconds)"))
    }
}

extension Duration {
    /// As people read it: `1.25 s`.
    package var inSeconds: String {
        formatted(.units(allowed: [.seconds], width: .narrow, fractionalPart: .show(length: 3)))
    }
}
