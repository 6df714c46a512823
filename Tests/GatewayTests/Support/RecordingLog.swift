import Logging
import Synchronization

/// Keeps what is logged, each event as one line: level, message, metadata by key.
final class RecordingLog: Sendable {
    private let recorded = Mutex<[String]>([])

    var lines: [String] { recorded.withLock { $0 } }

    /// The lines with this word in them.
    func lines(with word: String) -> [String] { lines.filter { $0.contains(word) } }

    func clear() { recorded.withLock { $0 = [] } }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private func append(_ line: String) { recorded.withLock { $0.append(line) } }

    private struct Handler: LogHandler {
        let log: RecordingLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
            log.append("\(event.level.rawValue) \(event.message)\(fields.joined())")
        }
    }
}
