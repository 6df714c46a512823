// As in CAres: socket addresses are Glibc's own.
#pragma clang module import SwiftGlibc

// Without the macros that stand before the variadic functions, whose names are also those of the structure's members.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include "../CLinux/loaded.h"

// Everything that is called of it.
#define LIBCURL_FUNCTIONS(each)    \
    each(curl_easy_cleanup)        \
    each(curl_easy_getinfo)        \
    each(curl_easy_init)           \
    each(curl_easy_setopt)         \
    each(curl_easy_strerror)       \
    each(curl_free)                \
    each(curl_global_init)         \
    each(curl_multi_add_handle)    \
    each(curl_multi_cleanup)       \
    each(curl_multi_info_read)     \
    each(curl_multi_init)          \
    each(curl_multi_remove_handle) \
    each(curl_multi_setopt)        \
    each(curl_multi_socket_action) \
    each(curl_multi_strerror)      \
    each(curl_slist_append)        \
    each(curl_slist_free_all)      \
    each(curl_url)                 \
    each(curl_url_cleanup)         \
    each(curl_url_get)             \
    each(curl_url_set)

LOADED_LIBRARY(libcurl, LIBCURL_FUNCTIONS)

// libcurl sets and tells everything through variadic functions, which Swift does not import.

static inline CURLcode ccurl_set_number(struct libcurl curl, CURL *easy, CURLoption option, long value) {
    return curl.curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_text(struct libcurl curl, CURL *easy, CURLoption option, const char *value) {
    return curl.curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_list(struct libcurl curl, CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl.curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_pointer(struct libcurl curl, CURL *easy, CURLoption option, void *value) {
    return curl.curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_on_write(struct libcurl curl, CURL *easy, CURLoption option, curl_write_callback callback) {
    return curl.curl_easy_setopt(easy, option, callback);
}

static inline CURLcode ccurl_on_open_socket(struct libcurl curl, CURL *easy, curl_opensocket_callback callback) {
    return curl.curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
}

static inline CURLcode ccurl_on_socket_option(struct libcurl curl, CURL *easy, curl_sockopt_callback callback) {
    return curl.curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, callback);
}

static inline CURLcode ccurl_on_tls_context(struct libcurl curl, CURL *easy, curl_ssl_ctx_callback callback) {
    return curl.curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, callback);
}

static inline CURLcode ccurl_on_connected(struct libcurl curl, CURL *easy, curl_prereq_callback callback) {
    return curl.curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
}

static inline void ccurl_on_socket(struct libcurl curl, CURLM *multi, curl_socket_callback callback, void *data) {
    curl.curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, callback);
    curl.curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, data);
}

static inline void ccurl_on_timer(struct libcurl curl, CURLM *multi, curl_multi_timer_callback callback, void *data) {
    curl.curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, callback);
    curl.curl_multi_setopt(multi, CURLMOPT_TIMERDATA, data);
}

static inline long ccurl_number(struct libcurl curl, CURL *easy, CURLINFO info) {
    long value = 0;
    curl.curl_easy_getinfo(easy, info, &value);
    return value;
}

static inline curl_off_t ccurl_big_number(struct libcurl curl, CURL *easy, CURLINFO info) {
    curl_off_t value = 0;
    curl.curl_easy_getinfo(easy, info, &value);
    return value;
}

// How a transfer ended: the message is a union, and lives no longer than its handle.
static inline int ccurl_result(struct libcurl curl, CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message = curl.curl_multi_info_read(multi, &left);
    if (!message || message->msg != CURLMSG_DONE) return 0;
    *result = message->data.result;
    return 1;
}

// OpenSSL's SSL of the connection at work; NULL where there is none.
static inline void *ccurl_tls(struct libcurl curl, CURL *easy) {
    struct curl_tlssessioninfo *session = NULL;
    if (curl.curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || !session) return NULL;
    return session->backend == CURLSSLBACKEND_OPENSSL ? session->internals : NULL;
}
