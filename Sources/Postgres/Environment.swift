internal import CPostgreSQL
internal import Glibc

/// Takes every variable that libpq reads out of the process's environment, `PGPASSWORD` and `PGOPTIONS` among them.
///
/// libpq takes an empty parameter for one that was not given, and then asks the environment: what we mean to be empty
/// can be kept empty only this way. Call it once, before any other thread runs (`unsetenv` is not thread-safe), and
/// after whoever else needs the environment has copied it.
package func forgetEnvironment() {
    // These are behind no parameter.
    let hidden = [
        "PGSERVICE", "PGSERVICEFILE", "PGSYSCONFDIR", "PGLOCALEDIR", "PGREQUIRESSL", "PGDATESTYLE", "PGTZ", "PGGEQO",
    ]
    for name in hidden { unsetenv(name) }
    for (_, variable) in parametersWithVariable() { unsetenv(variable) }
}

/// The parameters that libpq takes from the environment where they are not given, and from which variable.
///
/// From PQconninfoParse, as PQconndefaults also looks up who we are: that may ask a network (nsswitch.conf), and loads the
/// system's libraries beside ours.
func parametersWithVariable() -> [(keyword: String, variable: String)] {
    guard let options = PQconninfoParse("", nil) else { return [] }
    defer { PQconninfoFree(options) }
    var found: [(keyword: String, variable: String)] = []
    var option = options
    while let keyword = option.pointee.keyword {
        if let variable = option.pointee.envvar {
            found.append((String(cString: keyword), String(cString: variable)))
        }
        option += 1
    }
    return found
}
