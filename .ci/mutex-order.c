// Tells the thread sanitizer what order Swift's Mutex keeps. `make test SANITIZE=thread` preloads it.
//
// Synchronization.Mutex of Swift 6.3 on Linux hands a lock that threads contend for over by way of the kernel
// (FUTEX_LOCK_PI), in a library without instrumentation: the sanitizer sees no order there, and takes whatever the lock
// guards for a race. These functions stand in front of the library's two, of the same mangled names.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

// Absent in a process without the sanitizer.
__attribute__((weak)) void __tsan_acquire(void *);
__attribute__((weak)) void __tsan_release(void *);

SWIFT void lockSlow(uint32_t thread, SELF void *mutex) __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
SWIFT void unlockSlow(SELF void *mutex) __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");

static SWIFT void (*libraryLock)(uint32_t, SELF void *);
static SWIFT void (*libraryUnlock)(SELF void *);

__attribute__((constructor)) static void find(void) {
    libraryLock = dlsym(RTLD_NEXT, "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
    libraryUnlock = dlsym(RTLD_NEXT, "$s15Synchronization12_MutexHandleV11_unlockSlowyyF");
}

SWIFT void lockSlow(uint32_t thread, SELF void *mutex) {
    libraryLock(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void unlockSlow(SELF void *mutex) {
    if (__tsan_release) __tsan_release(mutex);
    libraryUnlock(mutex);
}
