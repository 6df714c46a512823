#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// OpenSSL declares these as macros, which Swift does not import.

static inline long cssl_set_min_version(SSL_CTX *context, int version) {
    return SSL_CTX_set_min_proto_version(context, version);
}

static inline long cssl_release_buffers(SSL_CTX *context) {
    return SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                         SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

static inline long cssl_set_server_name(SSL *ssl, const char *name) {
    return SSL_set_tlsext_host_name(ssl, name);
}

static inline int cssl_reason(unsigned long error) { return ERR_GET_REASON(error); }

static inline int cssl_copy_chain(SSL_CTX *from, SSL_CTX *to) {
    STACK_OF(X509) *chain = NULL;
    return SSL_CTX_get0_chain_certs(from, &chain) && SSL_CTX_set1_chain(to, chain);
}
