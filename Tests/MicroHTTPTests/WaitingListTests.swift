import Testing

@testable import MicroHTTP

@Suite("Who waits for what")
struct WaitingListTests {
    private let start = ContinuousClock.now
    private var list = WaitingList()

    private struct Word: Question {
        let text: String

        func answer() -> Page? { nil }
        func lastAnswer() -> Page { Page(status: 503) }
        func note(_ page: Page) {}
    }

    private func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    private mutating func add(_ slot: Int, _ word: String, until seconds: Int = 60) {
        // Never followed.
        let connection = LibraryHandle(pointer: OpaquePointer(bitPattern: slot + 1)!)
        list.add(slot, connection, descriptor: Int32(slot), for: Word(text: word), until: at(seconds))
    }

    /// Answers those who wait for a word.
    private mutating func answer(_ word: String, due seconds: Int? = nil) {
        let due = seconds.map(at)
        let asked = list.questions(due: due).filter { ($0.value as? Word)?.text == word }
        list.answer(asked.mapValues { _ in Page(status: 200) }, due: due)
    }

    private mutating func wave(isLast: Bool = false) -> [Int32] {
        list.takeWave(isLast: isLast).map(\.descriptor)
    }

    @Test("Equal questions are one, and go with the last who asked")
    mutating func groups() {
        for (slot, word) in ["a", "b", "a"].enumerated() { add(slot, word) }
        #expect(list.questions().count == 2)
        answer("a")
        #expect(list.questions().count == 1)
        #expect(wave() == [0, 2])
        // Somebody else comes with the same question while the answer is on its way.
        add(3, "a")
        #expect(list.questions().count == 2)
        for slot in [0, 2] {
            guard case .page(_, let question)? = list.take(slot) else {
                Issue.record("no answer")
                return
            }
            #expect((question as? Word)?.text == "a")
        }
        #expect(list.count == 2)
        #expect(wave() == [])
    }

    @Test("Only those whose time is up are answered at their deadline, and the next deadline is known")
    mutating func deadlines() {
        #expect(list.earliestDeadline == nil)
        add(0, "a", until: 30)
        add(1, "a", until: 10)
        add(2, "b", until: 20)
        #expect(list.earliestDeadline == at(10))
        answer("a", due: 10)
        #expect(wave() == [1])
        #expect(list.earliestDeadline == at(20))
        #expect(list.questions(due: at(19)).isEmpty)
        list.answer([:], due: at(15))
        #expect(list.earliestDeadline == at(20))
        list.leave(0)
        list.leave(2)
        list.answer([:], due: at(20))
        #expect(list.earliestDeadline == nil)
    }

    @Test("A crowd is let go in waves, each when the one before is over; at the end all at once")
    mutating func waves() {
        for slot in 0..<200 { add(slot, "a") }
        answer("a")
        let first = wave()
        #expect(first == (0..<64).map { Int32($0) })
        #expect(wave() == [])
        for slot in 0..<63 { _ = list.take(slot) }
        #expect(!list.isWaveOver)
        _ = list.take(63)
        #expect(list.isWaveOver)
        #expect(wave().count == 64)
        #expect(wave(isLast: true).count == 72)
        #expect(list.count == 136)
    }

    @Test("Who leaves gets no answer, who leaves after it was given gets it for nothing, and nobody goes twice")
    mutating func leaving() {
        add(0, "a")
        add(1, "a")
        list.leave(0)
        list.leave(0)
        answer("a")
        list.leave(1)
        list.leave(7)
        #expect(list.take(0) == nil)
        #expect(wave() == [0, 1])
        if case .gone? = list.take(0) {} else { Issue.record("it has left") }
        if case .page? = list.take(1) {} else { Issue.record("it was answered") }
        #expect(list.take(1) == nil)
        #expect(list.count == 0)
        #expect(list.questions().isEmpty)
    }
}
