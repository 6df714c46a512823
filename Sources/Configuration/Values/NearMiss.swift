/// Finds what was probably meant by a word that nobody knows.
enum NearMiss {
    /// The candidate most like `word`, the first of equals; nil where none is like it.
    ///
    /// Case, `_` and `-` count for nothing (`initial_delay`), a longer word may begin with the candidate
    /// (`periodSeconds`, as Kubernetes has it), else one letter in three may be wrong.
    static func of(_ word: String, among candidates: [String]) -> String? {
        let letters = normal(word)
        guard !letters.isEmpty else { return nil }
        let longestDistance = max(1, letters.count / 3)
        let ranked = candidates.compactMap { candidate -> (candidate: String, distance: Int)? in
            let other = normal(candidate)
            let distance = distance(letters, other)
            if distance <= longestDistance, distance < other.count { return (candidate, distance) }
            return other.count >= 4 && letters.starts(with: other) ? (candidate, letters.count - other.count) : nil
        }
        return ranked.min { $0.distance < $1.distance }?.candidate
    }

    /// `; did you mean …?`, or nothing.
    static func hint(for word: String, among candidates: [String]) -> String {
        of(word, among: candidates).map { "; did you mean `\($0)`?" } ?? ""
    }

    private static func normal(_ word: String) -> [Character] {
        word.lowercased().filter { $0 != "_" && $0 != "-" }
    }

    /// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    best = min(best, beforeLast[j - 1] + 1)
                }
                row.append(best)
            }
            beforeLast = last
            last = row
        }
        return last[right.count]
    }
}
