package import Configuration
internal import Glibc
package import Transport

/// A POSIX extended regular expression without back-references (IEEE Std 1003.1 section 9.4), and GNU's `\w` and `\b`.
///
/// It matches as `grep -E` does: `^` and `$` are the ends of a line, and `.` is any one byte but a newline. A value on purpose, compiled anew for each match: glibc holds a lock in a
/// compiled expression for as long as a match lasts, so that a match which never ends would take all later ones with it,
/// and keeps the states that a text made it build.
package struct Pattern: Hashable, Sendable, CustomStringConvertible {
    /// As it was written.
    package let description: String

    /// The longest expression, in bytes.
    package static let longest = 1024

    /// - Throws: what is wrong with the expression, in words fit for a diagnostic.
    package init(_ text: String) throws(Mistake) {
        guard !text.isEmpty else { throw Mistake("a regular expression must not be empty") }
        guard text.utf8.count <= Self.longest else {
            throw Mistake("a regular expression may have \(Self.longest) bytes; this one has \(text.utf8.count)")
        }
        if let complaint = Self.complaint(aboutEscapesIn: Array(text.utf8)) { throw Mistake(complaint) }
        description = text
        _ = try CompiledPattern(text)
    }

    /// Whether some part of `text` matches, found out on a side thread: a text can keep an expression busy for ever.
    ///
    /// - Throws: `stage.timed_out` at the deadline, `stage.overloaded` where every side thread is stuck.
    package func matches(
        _ text: [UInt8],
        at stage: TransportFailure.Stage = .exchange,
        with network: Network,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) -> Bool {
        try await end(ofMatchIn: text, at: stage, with: network, until: deadline, on: loop) != nil
    }

    /// Where the first match ends, as a count of bytes; nil where nothing matches. Else as ``matches(_:at:with:until:on:)``.
    func end(
        ofMatchIn text: [UInt8],
        at stage: TransportFailure.Stage,
        with network: Network,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(TransportFailure) -> Int? {
        let pattern = description
        let result = try await network.sideThreads.run(stage, until: deadline, on: loop) {
            Result { () throws(Mistake) in
                var compiled = try CompiledPattern(pattern)
                return try compiled.end(ofMatchIn: text)
            }
        }
        do throws(Mistake) {
            return try result.get()
        } catch {
            throw TransportFailure(stage, .overloaded, error.description)
        }
    }
}

/// Owns one expression as the C library compiled it.
private struct CompiledPattern: ~Copyable {
    private var expression = regex_t()

    init(_ text: String) throws(Mistake) {
        let number = regcomp(&expression, text, REG_EXTENDED | REG_NEWLINE)
        guard number == 0 else { throw Mistake("\(word(for: number, in: &expression)) in \(text)") }
    }

    deinit {
        var expression = expression
        regfree(&expression)
    }

    /// Where the first match ends; nil where nothing matches.
    mutating func end(ofMatchIn text: [UInt8]) throws(Mistake) -> Int? {
        // REG_STARTEND: the text may hold zeros, and has none at its end.
        var range = regmatch_t(rm_so: 0, rm_eo: Int32(clamping: text.count))
        let number = (text + [0])
            .withUnsafeBytes { text in
                regexec(&expression, text.assumingMemoryBound(to: CChar.self).baseAddress!, 1, &range, REG_STARTEND)
            }
        switch number {
        case 0: return Int(range.rm_eo)
        case _REG_NOMATCH.rawValue: return nil
        default: throw Mistake(word(for: number, in: &expression))
        }
    }
}

/// The C library's text for an error number, as `Unmatched ( or \\(`.
private func word(for number: Int32, in expression: inout regex_t) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
        regerror(number, &expression, buffer.baseAddress!, buffer.count)
        return String(cString: buffer.baseAddress!)
    }
}
