#include "allocation_counter.h"

#include <errno.h>
#include <stddef.h>

#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)

bool allocation_counter_works(void) { return false; }
void allocation_counter_start(void) {}
long allocation_counter_stop(void) { return 0; }

#else

// Initial-exec, as the general model may itself allocate on first use.
static _Thread_local bool counting __attribute__((tls_model("initial-exec")));
static _Thread_local long count __attribute__((tls_model("initial-exec")));

bool allocation_counter_works(void) { return true; }

void allocation_counter_start(void) {
    count = 0;
    counting = true;
}

long allocation_counter_stop(void) {
    counting = false;
    return count;
}

// What glibc's own functions of these names do; memory from here goes back through glibc's free.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t number, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
    if (counting) count++;
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    if (counting) count++;
    return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
    if (counting) count++;
    return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
    if (counting) count++;
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    void *made = memalign(alignment, size);
    if (!made) return ENOMEM;
    *memory = made;
    return 0;
}

#endif
