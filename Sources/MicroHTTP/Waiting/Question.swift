/// What requests wait for. Equal questions are asked once, and their requests answered with the same page.
///
/// Asked on the server's threads, whenever somebody says that there may be another answer
/// (``WaitingRoom/askAgain()``). It must not wait.
package protocol Question: Hashable, Sendable {
    /// The answer that is waited for; nil while there is none.
    func answer() -> Page?

    /// What is answered to whoever waits no longer: its time is up, the server stops, or too many wait already.
    func lastAnswer() -> Page

    /// Called once for each request, with the page that it gets.
    func note(_ page: Page)
}

/// Any question, as the key of a dictionary.
struct QuestionKey: Hashable, Sendable {
    let question: any Question

    static func == (left: QuestionKey, right: QuestionKey) -> Bool {
        AnyHashable(left.question) == AnyHashable(right.question)
    }

    func hash(into hasher: inout Hasher) {
        question.hash(into: &hasher)
    }
}
