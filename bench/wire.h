/* What load.c and limit.c share: base64, SHA-1 for handshakes, WebSocket frames, and buffered sockets under
 * one epoll. Everything is blocking-free and single-threaded. A TLS library is opened only when asked for. */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

static inline uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

__attribute__((noreturn)) static inline void die(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static inline uint32_t random_bits(void) {
    static uint64_t state = 0x9e3779b97f4a7c15u;
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (uint32_t)(state >> 32);
}

/* base64 ------------------------------------------------------------------------------------------- */

static const char B64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static int8_t b64_value[256];
static uint16_t b64_pair[4096]; /* twelve bits at a time */

static inline void b64_prepare(void) {
    memset(b64_value, -1, sizeof b64_value);
    for (int i = 0; i < 64; i++) b64_value[(uint8_t)B64[i]] = (int8_t)i;
    for (int i = 0; i < 4096; i++) {
        uint8_t both[2] = {(uint8_t)B64[i >> 6], (uint8_t)B64[i & 63]};
        memcpy(&b64_pair[i], both, 2);
    }
}

static inline size_t b64_encode(uint8_t *out, const uint8_t *in, size_t n) {
    uint8_t *start = out;
    for (; n >= 3; n -= 3, in += 3, out += 4) {
        uint32_t bits = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
        memcpy(out, &b64_pair[bits >> 12], 2);
        memcpy(out + 2, &b64_pair[bits & 4095], 2);
    }
    if (n) {
        uint32_t bits = (uint32_t)in[0] << 16 | (n == 2 ? (uint32_t)in[1] << 8 : 0);
        memcpy(out, &b64_pair[bits >> 12], 2);
        out[2] = n == 2 ? (uint8_t)B64[bits >> 6 & 63] : '=';
        out[3] = '=';
        out += 4;
    }
    return (size_t)(out - start);
}

/* Bytes decoded, or -1. */
static inline long b64_decode(uint8_t *out, const uint8_t *in, size_t n) {
    uint8_t *start = out;
    if (n % 4) return -1;
    while (n) {
        int a = b64_value[in[0]], b = b64_value[in[1]], c = b64_value[in[2]], d = b64_value[in[3]];
        if (n == 4 && in[3] == '=') {
            d = 0;
            if (in[2] == '=') c = 0;
            if ((a | b | c) < 0) return -1;
            *out++ = (uint8_t)(a << 2 | b >> 4);
            if (in[2] != '=') *out++ = (uint8_t)(b << 4 | c >> 2);
            return out - start;
        }
        if ((a | b | c | d) < 0) return -1;
        out[0] = (uint8_t)(a << 2 | b >> 4), out[1] = (uint8_t)(b << 4 | c >> 2), out[2] = (uint8_t)(c << 6 | d);
        in += 4, n -= 4, out += 3;
    }
    return out - start;
}

/* SHA-1 (RFC 3174), for Sec-WebSocket-Accept ------------------------------------------------------- */

static inline uint32_t rotated(uint32_t x, int n) { return x << n | x >> (32 - n); }

static inline void sha1(uint8_t digest[20], const uint8_t *text, size_t size) {
    uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    uint8_t block[192] = {0};
    if (size > 120) abort(); /* a key and the protocol's constant have 60 bytes */
    memcpy(block, text, size);
    block[size] = 0x80;
    size_t blocks = size + 9 > 64 ? 2 : 1;
    for (int i = 0; i < 8; i++) block[blocks * 64 - 1 - (size_t)i] = (uint8_t)((uint64_t)size * 8 >> 8 * i);
    for (size_t k = 0; k < blocks; k++) {
        uint32_t w[80];
        for (int i = 0; i < 16; i++) {
            uint32_t word;
            memcpy(&word, block + k * 64 + i * 4, 4);
            w[i] = ntohl(word);
        }
        for (int i = 16; i < 80; i++) w[i] = rotated(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
        for (int i = 0; i < 80; i++) {
            uint32_t f = i < 20 ? (b & c) | (~b & d) : i >= 40 && i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
            static const uint32_t constant[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
            uint32_t t = rotated(a, 5) + f + e + constant[i / 20] + w[i];
            e = d, d = c, c = rotated(b, 30), b = a, a = t;
        }
        h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
    }
    for (int i = 0; i < 5; i++) {
        uint32_t word = htonl(h[i]);
        memcpy(digest + i * 4, &word, 4);
    }
}

/* TLS, opened by name so that nothing needs its headers ---------------------------------------------- */

static struct {
    void *(*method)(void), *(*context)(void *), *(*make)(void *);
    int (*chain)(void *, const char *), (*key)(void *, const char *, int), (*set_fd)(void *, int);
    int (*accept)(void *), (*read)(void *, void *, int), (*write)(void *, const void *, int);
    int (*error)(void *, int);
    long (*control)(void *, int, long, void *);
    void (*free)(void *);
} tls;
enum { TLS_WANT_READ = 2, TLS_WANT_WRITE = 3, TLS_PEM = 1, TLS_MODE = 33, TLS_PARTIAL = 1 | 2 };

/* The server's context for this certificate, or the program's end. */
static inline void *tls_server(const char *certificate, const char *key) {
    void *lib = dlopen("libssl.so.3", RTLD_NOW);
    if (!lib) lib = dlopen("libssl.so", RTLD_NOW);
    if (!lib) {
        fprintf(stderr, "no libssl: %s\n", dlerror());
        exit(1);
    }
    *(void **)&tls.method = dlsym(lib, "TLS_server_method");
    *(void **)&tls.context = dlsym(lib, "SSL_CTX_new");
    *(void **)&tls.make = dlsym(lib, "SSL_new");
    *(void **)&tls.chain = dlsym(lib, "SSL_CTX_use_certificate_chain_file");
    *(void **)&tls.key = dlsym(lib, "SSL_CTX_use_PrivateKey_file");
    *(void **)&tls.set_fd = dlsym(lib, "SSL_set_fd");
    *(void **)&tls.accept = dlsym(lib, "SSL_accept");
    *(void **)&tls.read = dlsym(lib, "SSL_read");
    *(void **)&tls.write = dlsym(lib, "SSL_write");
    *(void **)&tls.error = dlsym(lib, "SSL_get_error");
    *(void **)&tls.control = dlsym(lib, "SSL_CTX_ctrl");
    *(void **)&tls.free = dlsym(lib, "SSL_free");
    void *context = tls.context(tls.method());
    if (!context || tls.chain(context, certificate) != 1 || tls.key(context, key, TLS_PEM) != 1) {
        fprintf(stderr, "the certificate cannot be used\n");
        exit(1);
    }
    tls.control(context, TLS_MODE, TLS_PARTIAL, NULL);
    return context;
}

/* Sockets ------------------------------------------------------------------------------------------- */

struct bytes {
    uint8_t *data;
    size_t start, end, size;
};

enum state { CONNECTING, SHAKING, OPEN, DEAD };

struct conn {
    int fd;
    enum state state;
    bool client, waiting_to_write;
    void *ssl;
    struct bytes in, out;
    uint64_t arrived; /* when what is being read was read */
    void *owner;
    void (*on_open)(struct conn *);
    void (*on_text)(struct conn *, uint8_t *, size_t);
    void (*on_dead)(struct conn *);
    char request[1024]; /* head of a server-side handshake */
};

static int epoll_fd = -1;

/* Room for `n` more bytes behind what is there. */
static inline uint8_t *room(struct bytes *b, size_t n) {
    if (b->start == b->end) b->start = b->end = 0;
    if (b->size - b->end < n && b->start) {
        memmove(b->data, b->data + b->start, b->end - b->start);
        b->end -= b->start, b->start = 0;
    }
    if (b->size - b->end < n) {
        b->size = MAX(b->size * 2, b->end + n);
        b->data = realloc(b->data, b->size);
        if (!b->data) die("memory");
    }
    return b->data + b->end;
}

static inline void arm(struct conn *c, int operation) {
    uint32_t events = EPOLLIN | (c->waiting_to_write || c->state == CONNECTING ? EPOLLOUT : 0);
    struct epoll_event e = {.events = events, .data.ptr = c};
    if (epoll_ctl(epoll_fd, operation, c->fd, &e)) die("epoll_ctl");
}

static inline struct conn *adopt(int fd, bool client, enum state state) {
    struct conn *c = calloc(1, sizeof *c);
    if (!c) die("memory");
    c->fd = fd, c->client = client, c->state = state;
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    arm(c, EPOLL_CTL_ADD);
    return c;
}

/* Ends a connection; its memory stays, as callers may still hold it. */
static inline void bury(struct conn *c) {
    if (c->state == DEAD) return;
    c->state = DEAD;
    if (c->ssl) tls.free(c->ssl);
    close(c->fd);
    free(c->in.data), free(c->out.data);
    memset(&c->in, 0, sizeof c->in), memset(&c->out, 0, sizeof c->out);
    if (c->on_dead) c->on_dead(c);
}

/* Bytes moved, 0 when it would block, -1 at the end. */
static inline long take(struct conn *c, void *data, size_t n) {
    if (c->ssl) {
        int got = tls.read(c->ssl, data, (int)n);
        if (got > 0) return got;
        int why = tls.error(c->ssl, got);
        return why == TLS_WANT_READ || why == TLS_WANT_WRITE ? 0 : -1;
    }
    ssize_t got = recv(c->fd, data, n, 0);
    return got > 0 ? got : got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

static inline long give(struct conn *c, const void *data, size_t n) {
    if (c->ssl) {
        int sent = tls.write(c->ssl, data, (int)n);
        if (sent > 0) return sent;
        int why = tls.error(c->ssl, sent);
        return why == TLS_WANT_READ || why == TLS_WANT_WRITE ? 0 : -1;
    }
    ssize_t sent = send(c->fd, data, n, MSG_NOSIGNAL);
    return sent >= 0 ? sent : errno == EAGAIN || errno == EINTR ? 0 : -1;
}

static inline void flush(struct conn *c) {
    while (c->out.end > c->out.start) {
        long sent = give(c, c->out.data + c->out.start, c->out.end - c->out.start);
        if (sent < 0) {
            bury(c);
            return;
        }
        if (!sent) break;
        c->out.start += (size_t)sent;
    }
    bool waiting = c->out.end > c->out.start;
    if (waiting != c->waiting_to_write) {
        c->waiting_to_write = waiting;
        arm(c, EPOLL_CTL_MOD);
    }
}

static inline void send_raw(struct conn *c, const void *data, size_t n) {
    memcpy(room(&c->out, n), data, n);
    c->out.end += n;
    if (!c->waiting_to_write && c->state != CONNECTING) flush(c);
}

static inline void mask(uint8_t *data, size_t n, uint32_t key) {
    uint64_t both = (uint64_t)key << 32 | key, word;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        memcpy(&word, data + i, 8);
        word ^= both;
        memcpy(data + i, &word, 8);
    }
    for (; i < n; i++) data[i] ^= (uint8_t)(key >> 8 * (i & 3));
}

/* Puts a frame behind what waits; `flush` sends it. `data` is read before this returns. */
static inline void put_frame(struct conn *c, uint8_t opcode, const void *data, size_t n) {
    uint8_t *out = room(&c->out, n + 14), *head = out, bit = c->client ? 0x80 : 0;
    *out++ = 0x80 | opcode;
    if (n < 126) {
        *out++ = bit | (uint8_t)n;
    } else if (n < 65536) {
        *out++ = bit | 126, *out++ = (uint8_t)(n >> 8), *out++ = (uint8_t)n;
    } else {
        *out++ = bit | 127;
        for (int i = 7; i >= 0; i--) *out++ = (uint8_t)((uint64_t)n >> 8 * i);
    }
    uint32_t key = random_bits();
    if (c->client) memcpy(out, &key, 4), out += 4;
    memcpy(out, data, n);
    if (c->client) mask(out, n, key);
    c->out.end += (size_t)(out - head) + n;
}

static inline void send_text(struct conn *c, const void *data, size_t n) {
    if (c->state != OPEN) return;
    put_frame(c, 1, data, n);
    if (!c->waiting_to_write) flush(c);
}

/* Handles every whole frame; both programs only ever send and get unfragmented text. */
static inline void read_frames(struct conn *c) {
    while (c->state == OPEN && c->in.end - c->in.start >= 2) {
        uint8_t *p = c->in.data + c->in.start;
        size_t have = c->in.end - c->in.start, head = 2, n = p[1] & 127;
        if (n == 126) {
            if (have < 4) return;
            n = (size_t)p[2] << 8 | p[3], head = 4;
        } else if (n == 127) {
            if (have < 10) return;
            n = 0, head = 10;
            for (int i = 2; i < 10; i++) n = n << 8 | p[i];
        }
        bool masked = p[1] & 0x80;
        if (masked) head += 4;
        if (have < head + n) {
            room(&c->in, head + n - have);
            return;
        }
        if (masked) {
            uint32_t key;
            memcpy(&key, p + head - 4, 4);
            mask(p + head, n, key);
        }
        c->in.start += head + n;
        uint8_t opcode = p[0] & 15;
        if (opcode == 1) c->on_text(c, p + head, n);
        else if (opcode == 9) put_frame(c, 10, p + head, n), flush(c);
        else if (opcode == 8) {
            put_frame(c, 8, p + head, MIN(n, 2));
            flush(c);
            bury(c);
        } else if (opcode != 10) {
            fprintf(stderr, "a frame with opcode %d\n", opcode);
            bury(c);
        }
    }
}

static inline void accept_key(char out[32], const char *key, size_t n) {
    uint8_t text[120], digest[20];
    if (n > 64) n = 64;
    memcpy(text, key, n);
    memcpy(text + n, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", 36);
    sha1(digest, text, n + 36);
    out[b64_encode((uint8_t *)out, digest, 20)] = 0;
}

/* Reads the other side's head of the handshake; the accept value of an answer is not checked. */
static inline void shake(struct conn *c) {
    uint8_t *start = c->in.data + c->in.start;
    uint8_t *end = memmem(start, c->in.end - c->in.start, "\r\n\r\n", 4);
    if (!end) return;
    size_t n = (size_t)(end - start);
    if (c->client) {
        if (n < 12 || memcmp(start + 9, "101", 3)) {
            fprintf(stderr, "refused: %.*s\n", (int)MIN(n, 200), start);
            bury(c);
            return;
        }
    } else {
        *end = 0;
        snprintf(c->request, sizeof c->request, "%s", (char *)start);
        char *key = strcasestr((char *)start, "\r\nSec-WebSocket-Key:");
        if (!key) {
            bury(c);
            return;
        }
        key += 20;
        while (*key == ' ') key++;
        char value[32], answer[256];
        accept_key(value, key, strcspn(key, "\r \n"));
        int size = snprintf(answer, sizeof answer,
                            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            "Sec-WebSocket-Accept: %s\r\n\r\n", value);
        send_raw(c, answer, (size_t)size);
    }
    if (c->state == DEAD) return;
    c->in.start += n + 4;
    c->state = OPEN;
    if (c->on_open) c->on_open(c);
    read_frames(c);
}

static inline void readable(struct conn *c) {
    for (;;) {
        if (c->ssl && c->state == CONNECTING) {
            int done = tls.accept(c->ssl);
            if (done != 1) {
                int why = tls.error(c->ssl, done);
                if (why != TLS_WANT_READ && why != TLS_WANT_WRITE) bury(c);
                return;
            }
            c->state = SHAKING;
            arm(c, EPOLL_CTL_MOD);
        }
        uint8_t *into = room(&c->in, 4096);
        size_t space = c->in.size - c->in.end;
        long got = take(c, into, space);
        if (got <= 0) {
            if (got < 0) bury(c);
            return;
        }
        c->arrived = now_ns();
        c->in.end += (size_t)got;
        if (c->state == SHAKING) shake(c);
        else read_frames(c);
        /* A short read has emptied the socket, except where TLS holds more records. */
        if (c->state == DEAD || (!c->ssl && (size_t)got < space)) return;
    }
}

static inline void handle_event(struct conn *c, uint32_t events) {
    if (c->state == DEAD) return; /* buried by an earlier event of this turn */
    if (c->state == CONNECTING && !c->ssl && events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) {
        int fault = 0;
        socklen_t size = sizeof fault;
        getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &fault, &size);
        if (fault) {
            fprintf(stderr, "cannot connect: %s\n", strerror(fault));
            bury(c);
            return;
        }
        c->state = SHAKING;
        arm(c, EPOLL_CTL_MOD);
        flush(c);
        return;
    }
    if (events & EPOLLOUT && c->waiting_to_write) flush(c);
    if (c->state != DEAD && events & (EPOLLIN | EPOLLHUP | EPOLLERR)) readable(c);
}

/* A client whose handshake is on its way; set its callbacks before the next turn of the loop. */
static inline struct conn *dial(int port, const char *path, const char *more_headers) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0) die("socket");
    if (connect(fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) die("connect");
    struct conn *c = adopt(fd, true, CONNECTING);
    char head[2048];
    int n = snprintf(head, sizeof head,
                     "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Key: d2FybXRyYW5zZmVyIGJlbg==\r\nSec-WebSocket-Version: 13\r\n%s\r\n",
                     path, port, more_headers);
    send_raw(c, head, (size_t)n);
    return c;
}

/* A listening socket on a loopback port; 0 lets the system choose, the answer says which. */
static inline int listen_on(int *port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
    socklen_t size = sizeof at;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 1024)) die("listen");
    getsockname(fd, (struct sockaddr *)&at, &size);
    *port = ntohs(at.sin_port);
    return fd;
}

static inline void raise_file_limit(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* The text between `before` and the next quote, inside `data`; NULL when there is none. */
static inline uint8_t *quoted(uint8_t *data, size_t n, const char *before, size_t *length) {
    uint8_t *found = memmem(data, n, before, strlen(before));
    if (!found) return NULL;
    found += strlen(before);
    uint8_t *end = memchr(found, '"', (size_t)(data + n - found));
    if (!end) return NULL;
    *length = (size_t)(end - found);
    return found;
}
#endif
