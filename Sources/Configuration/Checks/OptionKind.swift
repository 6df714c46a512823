/// What the value of a key may be; the key decides, not YAML (`version: 4` is the text `4`).
package enum OptionKind: Hashable, Sendable {
    /// Any scalar, as text.
    case text
    /// Any scalar, never shown again; or a file that holds it.
    case secret
    /// `true` or `false`.
    case boolean
    /// A length of time with a unit, as `500ms` or `1m30s`; not negative.
    case duration
    /// A number of bytes, with or without a unit: `512`, `64KiB`, `1GB`.
    case size
    case integer(ClosedRange<Int>)
    /// A part of a hundred, as `10%`, within these bounds.
    case percentage(ClosedRange<Int>)
    case choice([String])
    /// An absolute path.
    case path
    /// A sequence of scalars.
    case textList
    /// A mapping of names to scalars that may be secrets: headers, the environment of a command.
    case textMap
    /// HTTP statuses, as `200-299,301`.
    case statusSet
    /// A dialogue: `[{send: "PING\r\n"}, {expect: "+PONG"}]`.
    case steps
}
