/// What an option holds, nil where it is of another kind.
extension OptionValue {
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var secret: SecretSource? { if case .secret(let source) = self { source } else { nil } }
    var boolean: Bool? { if case .boolean(let flag) = self { flag } else { nil } }
    var duration: Duration? { if case .duration(let duration) = self { duration } else { nil } }
    /// Bytes.
    var size: Int? { if case .size(let bytes) = self { bytes } else { nil } }
    var integer: Int? { if case .integer(let number) = self { number } else { nil } }
    var textList: [String]? { if case .textList(let texts) = self { texts } else { nil } }
    var textMap: [NamedSecret]? { if case .textMap(let entries) = self { entries } else { nil } }
    var statusSet: StatusSet? { if case .statusSet(let statuses) = self { statuses } else { nil } }
    var steps: [DialogueStep]? { if case .steps(let steps) = self { steps } else { nil } }
}
