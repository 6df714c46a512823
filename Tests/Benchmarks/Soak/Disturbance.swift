/// What befalls a server.
enum Disturbance: String, CaseIterable, Encodable {
    /// SIGKILL; started again after a while.
    case killed
    /// SIGSTOP for longer than checks wait.
    case frozen
    /// Told to stop, and started again at once.
    case restarted
    /// Lets nobody in any more, but for those who are in.
    case denied
    /// Listens no more, but for those who are in.
    case refused
    /// Answers, but says that it cannot.
    case failing
    /// SIGSTOP for less than checks wait.
    case stalled
    /// Ends the sessions that it has, as servers do with those that are idle.
    case dropped

    /// How long it lasts, in seconds; zero for what is over at once.
    var length: ClosedRange<Double> {
        switch self {
        case .killed: 2.5...13
        case .frozen, .refused, .failing: 3...8
        case .denied: 5...9
        case .stalled: 0.1...0.4
        case .restarted, .dropped: 0...0
        }
    }
}
