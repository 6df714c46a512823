extension OptionValue {
    /// The value for people: as it was written, and nothing of what may be secret.
    func shown(_ node: Node) -> String {
        switch self {
        case .secret(.value): "<redacted>"
        case .secret(.file(let path)): "in file \(path)"
        case .textMap(let entries): entries.map(\.name).joined(separator: ", ")
        case .steps(let steps): steps.count == 1 ? "1 step" : "\(steps.count) steps"
        case .text, .boolean, .duration, .size, .integer, .percentage, .textList, .statusSet: node.shown
        }
    }
}
