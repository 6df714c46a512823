import Testing

@testable import Transport

struct SharedLibraryTests {
    private struct Functions: BitwiseCopyable {
        let absolute: @convention(c) (Int32) -> Int32
        let length: @convention(c) (UnsafePointer<CChar>) -> Int
    }

    private func load(_ file: String, _ names: StaticString...) throws(TransportFailure) -> Functions {
        var names: [UnsafePointer<CChar>?] = names.map {
            UnsafeRawPointer($0.utf8Start).assumingMemoryBound(to: CChar.self)
        }
        names.append(nil)
        return try SharedLibrary.load(file, from: "libmadeup1", &names)
    }

    @Test("A library's functions are found by their names, in the order of the structure")
    func functions() throws {
        let functions = try load("libc.so.6", "abs", "strlen")
        #expect(functions.absolute(-7) == 7)
        #expect(functions.length("seven") == 5)
    }

    @Test("A library that is not there is named, with what to install")
    func missingLibrary() {
        let failure = #expect(throws: TransportFailure.self) { try load("libmade-up.so.1", "abs", "strlen") }
        let reason = "libmade-up.so.1: cannot open shared object file: No such file or directory"
        #expect(failure?.code == "configure.not_found")
        #expect(failure?.detail == "libmade-up.so.1 cannot be used: \(reason); install libmadeup1 of Debian 12")
    }

    @Test("Of a library of another version, the first function is named that it does not have")
    func missingFunction() {
        let failure = #expect(throws: TransportFailure.self) { try load("libc.so.6", "abs", "made_up", "made_up_too") }
        #expect(failure?.code == "configure.unsupported")
        #expect(failure?.detail.contains("undefined symbol: made_up; install libmadeup1") == true)
    }
}
