internal import Postgres

extension ProbeTypes {
    /// Takes out of the environment what client libraries would read there behind the configuration's back: `PGPASSWORD`
    /// and its like.
    ///
    /// Called once, before any other thread runs, and after the environment was copied for whoever needs it whole.
    package static func forgetEnvironment() {
        Postgres.forgetEnvironment()
    }
}
