/// What both sides keep to on a connection.
struct AMQPLimits: Hashable {
    /// Of a frame, in bytes; 0 for none.
    let frame: UInt32
    /// Seconds; 0 for none.
    let heartbeat: UInt16

    /// What we can agree to: the smaller of both sides' limits, where a limit of 0 is none.
    ///
    /// The heartbeat is short for the sake of a server that is blocked. It does not read, so that only its own heartbeats,
    /// sent after half the time, tell it that we have gone. On a connection that is kept they would only wake both sides.
    func narrowed(isKept: Bool = false) -> AMQPLimits {
        let longest: UInt16 = isKept ? 30 : 5
        return AMQPLimits(
            frame: frame == 0 ? UInt32(AMQPFrame.mostBytes) : min(frame, UInt32(AMQPFrame.mostBytes)),
            heartbeat: heartbeat == 0 ? longest : min(heartbeat, longest)
        )
    }
}
