internal import CLinux
internal import Glibc

/// Starts a program in a session and process group of its own, with signals as after a login, in `/`, with nothing open
/// but `/dev/null` to read from and `output` to write to.
///
/// - Returns: the child, which is also the group.
func spawn(_ command: Command, output: Int32) throws(SystemError) -> pid_t {
    var attributes = posix_spawnattr_t()
    var actions = posix_spawn_file_actions_t()
    try check(posix_spawnattr_init(&attributes))
    defer { posix_spawnattr_destroy(&attributes) }
    try check(posix_spawn_file_actions_init(&actions))
    defer { posix_spawn_file_actions_destroy(&actions) }

    var signals = sigset_t()
    sigemptyset(&signals)
    try check(posix_spawnattr_setsigmask(&attributes, &signals))
    sigfillset(&signals)
    try check(posix_spawnattr_setsigdefault(&attributes, &signals))
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | newSession
    try check(posix_spawnattr_setflags(&attributes, Int16(flags)))

    try check(posix_spawn_file_actions_addchdir_np(&actions, "/"))
    try check(posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0))
    try check(posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO))
    try check(posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO))
    // Everything of ours closes by itself; a library may have forgotten to say so.
    try check(posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1))

    var words = command.words.map { strdup($0) } + [nil]
    var environment = command.environment.map { strdup($0) } + [nil]
    defer {
        for word in words { free(word) }
        for variable in environment {
            if let variable { explicit_bzero(variable, strlen(variable)) }
            free(variable)
        }
    }
    var child: pid_t = 0
    try check(posix_spawn(&child, command.words[0], &actions, &attributes, &words, &environment))
    return child
}

/// `POSIX_SPAWN_SETSID`, a GNU extension until POSIX.1-2024.
private let newSession: Int32 = 0x80

/// The functions of <spawn.h> return their error.
private func check(_ number: Int32) throws(SystemError) {
    guard number == 0 else { throw SystemError(number: number) }
}

extension SystemError {
    /// What the number says about a program that could not be started.
    var startFailure: TransportFailure {
        let reason: TransportFailure.Reason =
            switch number {
            case ENOENT, ENOTDIR: .notFound
            case EACCES, EPERM: .denied
            case EAGAIN, ENOMEM, EMFILE, ENFILE: .overloaded
            default: .unexpected
            }
        return TransportFailure(.run, reason, description)
    }
}
