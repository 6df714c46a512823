#include <arpa/inet.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What the gateway's HTTP server could cost at best: libmicrohttpd set up as in CMicroHTTPD's shim.h and Server Limits, with
// one answer made beforehand and nothing else to do.
//
// bench-libmicrohttpd PORT BODYFILE [HEADER VALUE]…: until SIGTERM.

static enum MHD_Result answer(
    void *response, struct MHD_Connection *connection, const char *target, const char *method, const char *version,
    const char *upload, size_t *upload_size, void **request
) {
    (void)target, (void)method, (void)version, (void)upload, (void)upload_size;
    static int seen;
    // The first call is for the head alone; an answer queued in it would close the connection.
    if (*request == NULL) {
        *request = &seen;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, response);
}

int main(int count, char **words) {
    if (count < 3 || count % 2 == 0) return 2;
    static char body[65536];
    FILE *file = fopen(words[2], "r");
    if (file == NULL) return 2;
    size_t length = fread(body, 1, sizeof body, file);
    fclose(file);

    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);

    struct MHD_Response *response = MHD_create_response_from_buffer(length, body, MHD_RESPMEM_PERSISTENT);
    for (int index = 3; index < count; index += 2) MHD_add_response_header(response, words[index], words[index + 1]);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(atoi(words[1])), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_ERROR_LOG | MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME,
        0, NULL, NULL, &answer, response,
        MHD_OPTION_SOCK_ADDR, &address,
        MHD_OPTION_CONNECTION_LIMIT, 1024u,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)8192,
        MHD_OPTION_CONNECTION_TIMEOUT, 20u,
        MHD_OPTION_END);
    if (daemon == NULL) return 1;
    int signal;
    sigwait(&signals, &signal);
    MHD_stop_daemon(daemon);
    return 0;
}
