internal import Glibc
package import Transport

/// A POSIX extended regular expression without back-references (IEEE Std 1003.1 section 9.4), and GNU's `\w` and `\b`.
///
/// It matches bytes: `.` is one byte of UTF-8. A value on purpose, compiled anew for each match: glibc holds a lock in a
/// compiled expression for as long as a match lasts, so that a match which never ends would take all later ones with it,
/// and keeps the states that a text made it build.
package struct Pattern: Hashable, Sendable, CustomStringConvertible {
    /// As it was written.
    package let description: String

    /// The longest expression, in bytes.
    package static let longest = 1024

    /// - Throws: what is wrong with the expression, in words fit for a diagnostic.
    package init(_ text: String) throws(PatternError) {
        guard !text.isEmpty else { throw PatternError("a regular expression must not be empty") }
        guard text.utf8.count <= Self.longest else {
            throw PatternError("a regular expression may have \(Self.longest) bytes; this one has \(text.utf8.count)")
        }
        if let complaint = Self.complaint(aboutEscapesIn: Array(text.utf8)) { throw PatternError(complaint) }
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
        let pattern = self
        let result = try await network.sideThreads.run(stage, until: deadline, on: loop) {
            pattern.matchesBlocking(text, at: stage)
        }
        return try result.get()
    }

    private func matchesBlocking(_ text: [UInt8], at stage: TransportFailure.Stage) -> Result<Bool, TransportFailure> {
        do throws(PatternError) {
            var compiled = try CompiledPattern(description)
            return .success(try compiled.matches(text))
        } catch {
            return .failure(TransportFailure(stage, .overloaded, error.description))
        }
    }
}

/// Why a text is no ``Pattern``, or why a match could not be made, for people.
package struct PatternError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Owns one expression as the C library compiled it.
private struct CompiledPattern: ~Copyable {
    private var expression = regex_t()

    init(_ text: String) throws(PatternError) {
        let number = regcomp(&expression, text, REG_EXTENDED | REG_NOSUB)
        guard number == 0 else { throw PatternError("\(word(for: number, in: &expression)) in \(text)") }
    }

    deinit {
        var expression = expression
        regfree(&expression)
    }

    mutating func matches(_ text: [UInt8]) throws(PatternError) -> Bool {
        // REG_STARTEND: the text may hold zeros, and has none at its end.
        var range = regmatch_t(rm_so: 0, rm_eo: Int32(clamping: text.count))
        let number = (text + [0])
            .withUnsafeBytes { text in
                regexec(&expression, text.assumingMemoryBound(to: CChar.self).baseAddress!, 1, &range, REG_STARTEND)
            }
        switch number {
        case 0: return true
        case _REG_NOMATCH.rawValue: return false
        default: throw PatternError(word(for: number, in: &expression))
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
