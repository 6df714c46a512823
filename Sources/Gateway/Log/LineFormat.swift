package import Configuration
package import Health
internal import Logging

/// Writes a log event as one line, for people or as a JSON object.
package struct LineFormat: Sendable {
    private let format: LogFormat
    private let wallClock: @Sendable () -> Timestamp

    package init(_ format: LogFormat, wallClock: @escaping @Sendable () -> Timestamp) {
        self.format = format
        self.wallClock = wallClock
    }

    /// The line about lines that were lost.
    package func line(countingDropped count: Int) -> String {
        line(.warning, "log lines were dropped, as nobody read them", ["count": "\(count)"])
    }

    /// Without the line's end; no text can end it early.
    func line(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) -> String {
        let fields = metadata.sorted { $0.key < $1.key }
            .map { (key: $0.key, value: "\($0.value)".oneLine(atMost: Self.longestField)) }
        let message = message.oneLine(atMost: Self.longestField)
        return switch format {
        case .text: text(level, message, fields)
        case .json: json(level, message, fields)
        }
    }

    private func text(_ level: Logger.Level, _ message: String, _ fields: [(key: String, value: String)]) -> String {
        var line = "\(wallClock().rfc3339) \(level.rawValue) \(message)"
        for (key, value) in fields {
            let isPlain = !value.isEmpty && !value.contains { " \"=\\".contains($0) }
            line += isPlain ? " \(key)=\(value)" : " \(key)=\(quoted(value))"
        }
        return line
    }

    private func quoted(_ value: String) -> String {
        "\"\(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    private func json(_ level: Logger.Level, _ message: String, _ fields: [(key: String, value: String)]) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("time", wallClock().rfc3339)
            json.member("level", level.rawValue)
            json.member("message", message)
            for (key, value) in fields { json.member(key, value) }
        }
        return json.text
    }

    /// In bytes. The line at start names every check; what an upstream says was cut to a sentence before.
    private static let longestField = 64 * 1024
}
