#include <elf.h>
#include <errno.h>
#include <link.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

// The system's headers hide this one unless _GNU_SOURCE is set, which clashes with Swift's own Glibc module.
extern int pthread_setname_np(unsigned long thread, const char *name);

// Hidden for the same reason; glibc 2.36 (Debian 12) has them all.
extern int pidfd_open(int process, unsigned int flags);
extern int execvpe(const char *file, char *const arguments[], char *const environment[]);
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addchdir_np(void *actions, const char *path);
extern int posix_spawn_file_actions_addclosefrom_np(void *actions, int first);

// The system's header would make this module the owner of sigset_t, which is Glibc's. Flags: O_CLOEXEC, O_NONBLOCK.
extern int signalfd(int descriptor, const void *signals, int flags);

// Hidden too, with its structure, of which this is the beginning (dl_iterate_phdr(3)).
struct clinux_library {
    ElfW(Addr) base;
    const char *name;
    const ElfW(Phdr) *segments;
    ElfW(Half) segment_count;
};
extern int dl_iterate_phdr(int (*each)(struct clinux_library *library, size_t size, void *data), void *data);
