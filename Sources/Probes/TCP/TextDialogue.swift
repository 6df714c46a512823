internal import Health

/// A conversation that the user wrote, step by step: bytes in, action out, no socket.
struct TextDialogue {
    enum Step: Hashable, Sendable {
        case send([UInt8])
        case expect(Sought)
    }

    enum Action: Hashable {
        case send([UInt8])
        case receive
        /// Look for the pattern in the bytes, then say so with ``found(_:)``.
        case search(Pattern, in: [UInt8])
        case passed
        case failed(FailureCode, String)
    }

    /// How much may come before what is expected has come, in bytes.
    static let mostBytes = 4096

    private let steps: [Step]
    private var next = 0
    /// What came and belongs to no step yet.
    private var buffer: [UInt8] = []
    /// Whether the pattern at hand was looked for in all that has come.
    private var isSearched = false

    init(_ steps: [Step]) {
        self.steps = steps
    }

    /// What to do now.
    mutating func action() -> Action {
        guard next < steps.count else { return .passed }
        switch steps[next] {
        case .send(let bytes):
            next += 1
            return .send(bytes)
        case .expect(.text(let wanted)):
            guard let range = buffer.firstRange(of: wanted) else { return wait() }
            take(range.upperBound)
            return action()
        case .expect(.pattern(let pattern)):
            return isSearched ? wait() : .search(pattern, in: buffer)
        }
    }

    /// Takes what the other side sent.
    mutating func receive(_ bytes: [UInt8]) {
        buffer += bytes
        isSearched = false
    }

    /// Takes the answer to ``Action/search(_:in:)``: where the match ends; nil where there is none.
    mutating func found(_ end: Int?) {
        if let end { take(end) } else { isSearched = true }
    }

    /// The failure of a conversation that the other side has ended.
    var ending: (FailureCode, String) {
        let step = "the connection ended before step \(next + 1) came"
        return (FailureCode(buffer.isEmpty ? .exchange : .assert, buffer.isEmpty ? .closed : .unexpected), step)
    }

    private mutating func take(_ count: Int) {
        buffer.removeFirst(count)
        isSearched = false
        next += 1
    }

    private func wait() -> Action {
        guard buffer.count < Self.mostBytes else {
            // The bytes are not shown: they may repeat a password that was sent.
            let word = "step \(next + 1) did not come within \(Self.mostBytes) bytes"
            return .failed(FailureCode(.assert, .unexpected), word)
        }
        return .receive
    }
}
