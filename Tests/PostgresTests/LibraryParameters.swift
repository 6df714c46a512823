import CPostgreSQL
import Glibc

/// The parameters of libpq that come from the environment where they are not given, and from which variable.
///
/// From PQconninfoParse, which the program itself does not call.
func parametersWithVariable() -> [(keyword: String, variable: String)] {
    typealias Parse = @convention(c) (UnsafePointer<CChar>, UnsafeRawPointer?) -> UnsafePointer<PQconninfoOption>?
    let parse = unsafeBitCast(dlsym(dlopen("libpq.so.5", RTLD_NOW), "PQconninfoParse"), to: Parse.self)
    guard var option = parse("", nil) else { return [] }
    var found: [(keyword: String, variable: String)] = []
    while let keyword = option.pointee.keyword {
        if let variable = option.pointee.envvar {
            found.append((String(cString: keyword), String(cString: variable)))
        }
        option += 1
    }
    return found
}
