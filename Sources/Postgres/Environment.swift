internal import Glibc

/// Takes every variable that libpq reads out of the process's environment, `PGPASSWORD` and `PGOPTIONS` among them.
///
/// libpq takes an empty parameter for one that was not given, and then asks the environment: what we mean to be empty
/// can be kept empty only this way. All its variables begin with `PG`, and nothing else of ours does. Call it once,
/// before any other thread runs (`unsetenv` is not thread-safe), and after whoever else needs the environment has
/// copied it.
package func forgetEnvironment() {
    var names: [String] = []
    var entry = environ
    while let text = entry.pointee {
        let name = String(cString: text).prefix { $0 != "=" }
        if name.hasPrefix("PG") { names.append(String(name)) }
        entry += 1
    }
    for name in names { unsetenv(name) }
}
