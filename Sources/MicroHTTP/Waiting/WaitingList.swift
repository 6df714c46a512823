/// Which requests wait, for what and until when, and which of them are let go next. Pure: the ``WaitingRoom`` talks to
/// library and kernel.
struct WaitingList {
    typealias Slot = ConnectionTable.Slot

    /// The most that are let go at a time; the next follow when these have been answered.
    ///
    /// The library works on all that it was given before it looks at anybody else: so many delay another request by
    /// about a millisecond.
    static let wave = 64

    /// How a wait has ended.
    enum Outcome {
        case page(Page, to: any Question)
        /// The client has left.
        case gone
    }

    private enum Phase {
        case waiting
        /// To be let go; nil for a client that has left.
        case answered(Page?)
        /// The library has been told to go on with it.
        case released(Page?)
    }

    private struct Waiter {
        let connection: LibraryHandle
        let descriptor: Int32
        let group: Int
        let deadline: ContinuousClock.Instant
        var phase = Phase.waiting
    }

    /// Those with one question.
    private struct Group {
        let question: any Question
        var members = 0
        var waiting = 0
    }

    /// By slot.
    private var waiters: [Waiter?] = []
    /// By numbers that are never used again.
    private var groups: [Int: Group] = [:]
    private var numbers: [QuestionKey: Int] = [:]
    private var nextNumber = 0
    /// Those that are answered, the longest so first.
    private var answered = ArraySlice<Slot>()
    private var released = 0

    private(set) var count = 0
    /// No deadline comes before it; nil where nobody waits. Those who leave early may have had it.
    private(set) var earliestDeadline: ContinuousClock.Instant?

    /// - Parameter connection: suspended.
    mutating func add(
        _ slot: Slot,
        _ connection: LibraryHandle,
        descriptor: Int32,
        for question: any Question,
        until deadline: ContinuousClock.Instant
    ) {
        let number = number(of: question)
        groups[number]?.members += 1
        groups[number]?.waiting += 1
        while waiters.count <= slot { waiters.append(nil) }
        precondition(waiters[slot] == nil, "a connection has two requests that wait")
        waiters[slot] = Waiter(connection: connection, descriptor: descriptor, group: number, deadline: deadline)
        earliestDeadline = min(earliestDeadline ?? deadline, deadline)
        count += 1
    }

    /// The client has left. It may have been answered just before.
    mutating func leave(_ slot: Slot) {
        if waiters.indices.contains(slot), isWaiting(slot) { answer(slot, with: nil) }
    }

    /// What is waited for, by group; where `due` is given only by those whose deadline is not later.
    func questions(due: ContinuousClock.Instant? = nil) -> [Int: any Question] {
        guard let due else { return groups.filter { $1.waiting > 0 }.mapValues(\.question) }
        var questions: [Int: any Question] = [:]
        for slot in waiters.indices where isWaiting(slot, due: due) {
            guard let number = waiters[slot]?.group, questions[number] == nil else { continue }
            questions[number] = groups[number]?.question
        }
        return questions
    }

    /// Ends the waits of groups that have an answer; where `due` is given only those whose deadline is not later.
    mutating func answer(_ pages: [Int: Page], due: ContinuousClock.Instant? = nil) {
        var earliest: ContinuousClock.Instant?
        for slot in waiters.indices where isWaiting(slot) {
            guard let waiter = waiters[slot] else { continue }
            if let page = pages[waiter.group], due.map({ waiter.deadline <= $0 }) ?? true {
                answer(slot, with: page)
            } else {
                earliest = min(earliest ?? waiter.deadline, waiter.deadline)
            }
        }
        earliestDeadline = earliest
    }

    /// Those that are to be let go now, to be told to the library at once; call ``take(_:)`` when it goes on with one.
    ///
    /// - Parameter isLast: all of them, however many.
    mutating func takeWave(isLast: Bool) -> [(connection: LibraryHandle, descriptor: Int32)] {
        let wave = answered.prefix(isLast ? answered.count : max(0, Self.wave - released))
        answered = answered.count == wave.count ? [] : answered.dropFirst(wave.count)
        released += wave.count
        return wave.compactMap { slot in
            guard case .answered(let page)? = waiters[slot]?.phase else { return nil }
            waiters[slot]?.phase = .released(page)
            return waiters[slot].map { ($0.connection, $0.descriptor) }
        }
    }

    /// Whether all that were let go have been taken, and more are to be.
    var isWaveOver: Bool { released == 0 && !answered.isEmpty }

    /// Forgets one that was let go, and says how its wait has ended; nil where it was not.
    mutating func take(_ slot: Slot) -> Outcome? {
        guard waiters.indices.contains(slot), let waiter = waiters[slot], case .released(let page) = waiter.phase,
            let question = groups[waiter.group]?.question
        else { return nil }
        waiters[slot] = nil
        count -= 1
        released -= 1
        groups[waiter.group]?.members -= 1
        if groups[waiter.group]?.members == 0 {
            groups[waiter.group] = nil
            numbers[QuestionKey(question: question)] = nil
        }
        return page.map { .page($0, to: question) } ?? .gone
    }

    private mutating func number(of question: any Question) -> Int {
        let key = QuestionKey(question: question)
        if let number = numbers[key] { return number }
        nextNumber += 1
        numbers[key] = nextNumber
        groups[nextNumber] = Group(question: question)
        return nextNumber
    }

    private func isWaiting(_ slot: Slot, due: ContinuousClock.Instant? = nil) -> Bool {
        guard let waiter = waiters[slot], case .waiting = waiter.phase else { return false }
        return due.map { waiter.deadline <= $0 } ?? true
    }

    private mutating func answer(_ slot: Slot, with page: Page?) {
        guard let group = waiters[slot]?.group else { return }
        waiters[slot]?.phase = .answered(page)
        groups[group]?.waiting -= 1
        answered.append(slot)
    }
}
