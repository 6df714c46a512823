package import Configuration
package import Health
package import Logging

/// Writes each event as one line, for people or as a JSON object.
package struct LineLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let format: LogFormat
    private let writer: LineWriter
    private let wallClock: @Sendable () -> Timestamp

    package init(
        level: LogLevel,
        format: LogFormat,
        writer: LineWriter,
        wallClock: @escaping @Sendable () -> Timestamp
    ) {
        logLevel = Logger.Level(rawValue: level.rawValue) ?? .info
        self.format = format
        self.writer = writer
        self.wallClock = wallClock
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        switch format {
        case .text: writer.write(text(event, fields))
        case .json: writer.write(json(event, fields))
        }
    }

    private func text(_ event: LogEvent, _ fields: [(key: String, value: Logger.MetadataValue)]) -> String {
        var line = "\(wallClock().rfc3339) \(event.level.rawValue) "
        line += "\(event.message)".oneLine(atMost: Self.longestField)
        for (key, value) in fields {
            let value = "\(value)".oneLine(atMost: Self.longestField)
            let isPlain = !value.isEmpty && !value.contains { $0 == " " || $0 == "\"" || $0 == "=" }
            line += isPlain ? " \(key)=\(value)" : " \(key)=\"\(value.replacing("\"", with: "\\\""))\""
        }
        return line
    }

    private func json(_ event: LogEvent, _ fields: [(key: String, value: Logger.MetadataValue)]) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("time", wallClock().rfc3339)
            json.member("level", event.level.rawValue)
            json.member("message", "\(event.message)")
            for (key, value) in fields { json.member(key, "\(value)".oneLine(atMost: Self.longestField)) }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// In bytes. The line at start names every check; what an upstream says was cut to a sentence before.
    private static let longestField = 64 * 1024
}
