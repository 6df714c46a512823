internal import CLinux
internal import Glibc

/// The code and the constants of the program and its libraries, as they are mapped from their files.
package enum MappedCode {
    /// Takes all of it out of the process's memory; what is used again comes back by itself, out of the system's cache of
    /// files.
    ///
    /// For the end of the start, which alone needs most of what is there then: arguments, configuration, relocation,
    /// initialisers. Takes less than a millisecond, and any thread may go on meanwhile.
    package static func giveBack() {
        _ = dl_iterate_phdr(giveBackSegments, nil)
    }
}

private func giveBackSegments(
    _ library: UnsafeMutablePointer<clinux_library>?,
    _ size: Int,
    _ data: UnsafeMutableRawPointer?
) -> Int32 {
    guard let library = library?.pointee else { return 0 }
    let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
    for segment in UnsafeBufferPointer(start: library.segments, count: Int(library.segment_count)) {
        // What was ever written, relocations included, would be lost: it lies in segments that are marked as writable.
        guard segment.p_type == PT_LOAD, segment.p_flags & UInt32(PF_W) == 0 else { continue }
        // Whole pages only: a neighbour may share the last one.
        let start = UInt(library.base + segment.p_vaddr)
        let end = start + UInt(segment.p_memsz)
        let (first, past) = ((start + page - 1) / page * page, end / page * page)
        if first < past { madvise(UnsafeMutableRawPointer(bitPattern: first), Int(past - first), MADV_DONTNEED) }
    }
    return 0
}
