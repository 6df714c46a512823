internal import Glibc
internal import Transport

/// As PID 1 of a container, reaps the orphans that the kernel hands over; elsewhere it has nothing to do.
struct OrphanReaper {
    let children: Children

    /// Takes every dead process that is not a probe's own, which its probe reaps.
    func reap() {
        guard getpid() == 1 else { return }
        while true {
            var dead = siginfo_t()
            // Only looks: a probe's own child must be there when its probe asks for its exit status.
            guard waitid(P_ALL, 0, &dead, WEXITED | WNOHANG | WNOWAIT) == 0 else { return }
            let process = dead._sifields._sigchld.si_pid
            guard process > 0, !children.contains(process) else { return }
            waitid(P_PID, id_t(process), nil, WEXITED | WNOHANG)
        }
    }
}
