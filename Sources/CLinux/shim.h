#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

// The system's headers hide this one unless _GNU_SOURCE is set, which clashes with Swift's own Glibc module.
extern int pthread_setname_np(unsigned long thread, const char *name);
