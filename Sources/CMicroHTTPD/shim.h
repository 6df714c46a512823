#include <errno.h>
#include <malloc.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// What Swift cannot import of libmicrohttpd: variadic functions, and the logger, whose arguments come as a va_list.

// Written in Swift (Daemon+Log.swift). `cause` is errno as the library left it.
void allclear_mhd_log(void *context, const char *line, int cause);

static inline void mhdx_log(void *context, const char *format, va_list arguments) {
    int cause = errno;
    char line[512];
    vsnprintf(line, sizeof line, format, arguments);
    allclear_mhd_log(context, line, cause);
}

// Paths and queries are compared and parsed as they were written.
static inline size_t mhdx_keep_escapes(void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    return strlen(text);
}

// How long the calling thread, and those that it starts from now on, run before others have their turn; 0 for the kernel's choice.
// The shorter, the sooner it runs after it wakes while others are busy (sched_setattr(2)); before Linux 6.12 without effect.
static inline void mhdx_ask_for_slices(uint64_t nanoseconds) {
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } request = {.size = sizeof request, .nice = getpriority(PRIO_PROCESS, 0), .runtime = nanoseconds};
    syscall(SYS_sched_setattr, 0, &request, 0);
}

struct mhdx_settings {
    int descriptor;
    unsigned int connections;
    size_t connection_memory;
    unsigned int idle_seconds;
};

// `context` is passed to every callback. The logger must come first, or earlier options log to standard error.
static inline struct MHD_Daemon *mhdx_start(
    struct mhdx_settings settings,
    void *context,
    MHD_AccessHandlerCallback handler,
    void *(*target_read)(void *context, const char *target, struct MHD_Connection *connection),
    MHD_RequestCompletedCallback request_ended,
    MHD_NotifyConnectionCallback connection_changed
) {
    mhdx_ask_for_slices(100000);
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_ERROR_LOG | MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME,
        0, NULL, NULL, handler, context,
        MHD_OPTION_EXTERNAL_LOGGER, &mhdx_log, context,
        MHD_OPTION_LISTEN_SOCKET, settings.descriptor,
        MHD_OPTION_CONNECTION_LIMIT, settings.connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, settings.connection_memory,
        MHD_OPTION_CONNECTION_TIMEOUT, settings.idle_seconds,
        MHD_OPTION_UNESCAPE_CALLBACK, &mhdx_keep_escapes, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, target_read, context,
        MHD_OPTION_NOTIFY_COMPLETED, request_ended, context,
        MHD_OPTION_NOTIFY_CONNECTION, connection_changed, context,
        MHD_OPTION_END);
    mhdx_ask_for_slices(0);
    return daemon;
}

static inline int mhdx_descriptor(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

static inline void *mhdx_socket_context(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}
