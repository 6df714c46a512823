/// Where whoever reads on a loop's thread puts bytes until the next read, instead of into memory of its own.
struct Scratch: ~Copyable {
    let space = UnsafeMutableRawBufferPointer.allocate(byteCount: 16_384, alignment: 1)

    deinit {
        space.deallocate()
    }
}
