extension StaticString {
    /// The constant as C takes it. A literal passed to a C function directly becomes a `String` first, which allocates
    /// unless the optimiser sees through it.
    var cString: UnsafePointer<CChar> {
        UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
