package import Configuration
package import Logging

/// Hands each event to the writer of lines.
package struct LineLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let format: LineFormat
    private let writer: LineWriter

    package init(level: LogLevel, format: LineFormat, writer: LineWriter) {
        logLevel = Logger.Level(rawValue: level.rawValue) ?? .info
        self.format = format
        self.writer = writer
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        writer.write(format.line(event.level, "\(event.message)", metadata.merging(event.metadata ?? [:]) { $1 }))
    }
}
