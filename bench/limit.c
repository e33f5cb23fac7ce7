/* The limit: the least that a relay can do, in C and epoll. It moves frames and knows nothing: caller audio
 * into an append, the model's deltas into media, one write each. No signature, token, ledger, marks or words.
 * Environment: PORT to serve, MODEL_URL (ws://127.0.0.1:port/path). */
#include "wire.h"

#define TEXT(literal) (literal), sizeof(literal) - 1

struct pair {
    struct conn *phone, *model;
    bool ready;
    char before[160]; /* head of every media message we send */
    size_t before_size;
};

static int model_port;
static char model_path[256];
static uint8_t scratch[1 << 20];

static size_t join(const char *a, size_t an, const uint8_t *b, size_t bn, const char *c, size_t cn) {
    if (an + bn + cn > sizeof scratch) return 0;
    memcpy(scratch, a, an);
    memcpy(scratch + an, b, bn);
    memcpy(scratch + an + bn, c, cn);
    return an + bn + cn;
}

static void on_model_text(struct conn *c, uint8_t *data, size_t n) {
    struct pair *pair = c->owner;
    size_t length;
    uint8_t *type = quoted(data, MIN(n, 80), "\"type\":\"", &length);
    if (!type) return;
    if (length == 27 && !memcmp(type, "response.output_audio.delta", 27)) {
        uint8_t *delta = quoted(data, n, "\"delta\":\"", &length);
        if (!delta) return;
        size_t size = join(pair->before, pair->before_size, delta, length, TEXT("\"}}"));
        if (size && pair->phone->state == OPEN) send_text(pair->phone, scratch, size);
    } else if (length == 15 && !memcmp(type, "session.updated", 15)) {
        pair->ready = true;
        send_text(c, TEXT("{\"type\":\"response.create\"}"));
    }
}

static void on_model_open(struct conn *c) {
    send_text(c, TEXT("{\"type\":\"session.update\",\"session\":{\"type\":\"realtime\",\"audio\":{\"input\":"
                      "{\"format\":{\"type\":\"audio/pcmu\"}},\"output\":{\"format\":{\"type\":\"audio/pcmu\"}}}}}"));
}

static void on_model_dead(struct conn *c) {
    struct pair *pair = c->owner;
    pair->model = NULL;
    bury(pair->phone);
}

static void on_phone_dead(struct conn *c) {
    struct pair *pair = c->owner;
    if (pair->model) {
        pair->model->on_dead = NULL;
        bury(pair->model);
    }
}

static void on_phone_text(struct conn *c, uint8_t *data, size_t n) {
    struct pair *pair = c->owner;
    size_t length;
    if (!pair->ready) {
        if (pair->model || !memmem(data, n, TEXT("\"event\":\"start\""))) return;
        uint8_t *sid = quoted(data, n, "\"streamSid\":\"", &length);
        if (!sid) return;
        pair->before_size = (size_t)snprintf(
            pair->before, sizeof pair->before, "{\"event\":\"media\",\"streamSid\":\"%.*s\",\"media\":{\"payload\":\"",
            (int)MIN(length, 64), sid);
        pair->model = dial(model_port, model_path, "Authorization: Bearer bench\r\n");
        pair->model->owner = pair;
        pair->model->on_open = on_model_open, pair->model->on_text = on_model_text;
        pair->model->on_dead = on_model_dead;
        return;
    }
    uint8_t *payload = quoted(data, n, "\"payload\":\"", &length);
    if (!payload) return;
    size_t size = join(TEXT("{\"type\":\"input_audio_buffer.append\",\"audio\":\""), payload, length, TEXT("\"}"));
    if (size) send_text(pair->model, scratch, size);
}

int main(void) {
    int port = atoi(getenv("PORT") ? getenv("PORT") : "0");
    const char *url = getenv("MODEL_URL");
    if (!url || sscanf(url, "ws://127.0.0.1:%d%255s", &model_port, model_path) != 2) {
        fprintf(stderr, "MODEL_URL must be ws://127.0.0.1:port/path\n");
        return 2;
    }
    raise_file_limit();
    b64_prepare();
    epoll_fd = epoll_create1(0);
    int listener = listen_on(&port);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, ready[256];
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int n = epoll_wait(epoll_fd, ready, 256, -1);
        for (int i = 0; i < n; i++) {
            if (ready[i].data.ptr) {
                handle_event(ready[i].data.ptr, ready[i].events);
                continue;
            }
            int fd = accept(listener, NULL, NULL);
            if (fd < 0) continue;
            struct conn *c = adopt(fd, false, SHAKING);
            c->owner = calloc(1, sizeof(struct pair));
            ((struct pair *)c->owner)->phone = c;
            c->on_text = on_phone_text, c->on_dead = on_phone_dead;
        }
    }
}
