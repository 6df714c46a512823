extension StatusSet {
    /// Reads `200-299,301`; nil for anything else.
    init?(parsing text: String) {
        var ranges: [ClosedRange<Int>] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let bounds = part.split(separator: "-", omittingEmptySubsequences: false)
                .map { bound -> Int? in
                    bound.allSatisfy { $0.isASCII && $0.isNumber || $0 == " " } ? Int(bound.filter { $0 != " " }) : nil
                }
            guard (1...2).contains(bounds.count), let first = bounds[0], let last = bounds[bounds.count - 1],
                first <= last, (100...599).contains(first), (100...599).contains(last)
            else { return nil }
            ranges.append(first...last)
        }
        self.init(ranges)
    }
}
