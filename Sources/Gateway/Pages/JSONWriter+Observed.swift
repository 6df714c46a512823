internal import Health
internal import Probes

extension JSONWriter {
    /// The members `observedValue` and `observedUnit`, left out where the value is not known.
    ///
    /// - Parameters:
    ///   - duration: of the latest probe.
    ///   - time: when that finished.
    ///   - certificateEnd: as far as it is known.
    mutating func observed(_ measure: Measure, duration: Duration, at time: Timestamp, _ certificateEnd: Timestamp?) {
        switch (measure, certificateEnd) {
        case (.duration, _):
            key("observedValue")
            milliseconds(duration)
            member("observedUnit", "ms")
        case (.daysLeft, let end?):
            key("observedValue")
            number(end.days(after: time))
            member("observedUnit", "days")
        case (.daysLeft, nil): break
        }
    }
}

extension Timestamp {
    /// Whole days from `earlier` on; negative where that is later.
    func days(after earlier: Timestamp) -> Int {
        Int((Double(milliseconds - earlier.milliseconds) / 86_400_000).rounded(.down))
    }
}
