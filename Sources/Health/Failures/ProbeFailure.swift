/// Why one probe failed: a code for machines, and for people the place and the server's own word.
package struct ProbeFailure: Error, Hashable, Sendable {
    /// The longest sentence, in bytes of UTF-8 (CONTRACT section 7).
    package static let longestSentence = 256

    package let code: FailureCode
    /// Where it failed, as `primary db:5432`; empty where the sentence needs none. Never holds a secret.
    package let place: String
    /// The server's own word, or ours; may hold anything that an upstream sent, so it is cleaned before it is shown.
    package let detail: String

    package init(_ code: FailureCode, at place: String = "", _ detail: String = "") {
        self.code = code
        self.place = place
        self.detail = detail
    }

    /// `place: code: detail`, on one line, at most ``longestSentence`` bytes, without control characters.
    ///
    /// For readers at detail `full` and for the log. A code without a stage explains itself.
    package var sentence: String {
        let word = detail.isEmpty && code.stage == nil ? code.sentence : detail
        return [place, code.description, word].filter { !$0.isEmpty }.joined(separator: ": ")
            .oneLine(atMost: Self.longestSentence)
    }
}
