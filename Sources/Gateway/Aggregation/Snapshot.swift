internal import Health

/// All that is known at one moment; what readers are shown is made from it.
struct Snapshot: Sendable {
    /// Grows with each publication, so that an older one never replaces a newer.
    let version: UInt64
    /// By position.
    let checks: CheckStates
    /// Whether the `startup` gate has ever been open.
    let hasStarted: Bool
    let isDraining: Bool
}
