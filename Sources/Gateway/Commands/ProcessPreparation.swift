internal import Glibc
internal import MicroHTTP
internal import Probes

/// Makes the process fit to hold sockets and secrets, before any other thread is there.
func prepareProcess() {
    StandardStreams.ensureOpen()
    FreeMemory.keepInTwoPools()
    // A core dump would hold every password. The hard limit stays, as a COMMAND of `wait` gets the soft one back.
    var none = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    none.rlim_cur = 0
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    ProbeTypes.forgetEnvironment()
}
