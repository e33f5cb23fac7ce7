/* The load: phones on one side, a realtime model on the other, and the clock between them.
 *
 * Phones open media streams as Twilio does and send 50 frames a second each; they play what they are sent, echo
 * marks when they have been played, and honour clear. The model serves /v1/realtime: it answers the handshake of
 * events, hears, and speaks 40 % of the time in deltas of 200 ms, three times faster than they play. Every 160
 * bytes of audio carry who sent them, their number, when, and a known rest: so loss, order, alteration and
 * one-way latency are seen at the other end, in one process and by one clock.
 *
 * Commands on stdin, one a line; facts on stdout, one JSON object a line:
 *   open <i> <port> <path> <signature|-> <callSid> <streamSid> <token|->   phone i dials the server
 *   close <i>            phone i: stop, then a close frame
 *   begin <n>            count from here, calls 0 to n-1 only        end        report, and go on
 *   event <i> <json>     the model of call i sends this event        quit
 *   watch <i>            tell every mark that call i gives back, as {"marked":i,"ns":…}
 * {"model_port":…} comes first, {"up":i,…} when call i is heard in both directions, {"gone":i,…} when a phone's
 * socket ends without our closing it. Arguments: [certificate key] to serve the model over TLS. */
#include "wire.h"
#include <stdarg.h>
#include <sys/prctl.h>

#define TEXT(literal) (literal), sizeof(literal) - 1
#define MS 1000000ul

enum {
    CALLS = 4096,
    BLOCK = 160,       /* bytes in 20 ms of mu-law */
    DELTA_BLOCKS = 10, /* 200 ms */
    DELTAS = 10,       /* 2 s of speech … */
    MARKS = 64,
    PATTERNS = 64,
};
static const uint64_t PERIOD = 5000 * MS; /* … every 5 s: 40 % */
static const uint64_t GAP = 200 * MS / 3; /* between deltas: three times faster than they play */
static const uint64_t TICK = 20 * MS;
static const uint32_t MAGIC = 0x7e3c57a1;

struct stamp {
    uint32_t magic, who, number, check;
    uint64_t sent;
};

struct direction {
    uint64_t sent, received, lost, reordered, altered, longest;
    uint32_t buckets[50000]; /* of 20 us; the last one holds the rest */
};

struct mark {
    uint64_t due;
    char name[64];
};

struct call {
    int index;
    struct conn *phone;
    bool closing, told_up, watched;
    char call_sid[40], stream_sid[40], token[200];
    uint32_t frames, sequence;
    uint64_t opened, started, first_up, first_down;
    bool up_seen, down_seen;
    uint32_t up_next, down_next, down_model;
    uint8_t block[BLOCK];
    size_t filled;
    uint64_t play_end;
    struct mark marks[MARKS];
    unsigned mark_first, mark_count;
};

struct model {
    int id, call; /* call: -1 until its audio tells */
    struct conn *conn;
    bool ready, running;
    int heard, deltas;
    unsigned turn;
    uint32_t blocks;
    uint64_t turn_start, next_turn;
    char purpose[40];
};

struct ticker {
    uint64_t due;
    struct call *call;
    struct model *model;
};

static struct call *calls[CALLS];
static struct model *models[CALLS];
static struct ticker heap[2 * CALLS + 1];
static size_t heap_size;
static int model_count;
static void *tls_context;
static uint8_t pattern[PATTERNS][BLOCK - sizeof(struct stamp)];

/* What is counted since `begin`. */
static struct {
    int calls;
    uint64_t begun, own_sounds, marks, echoes, clears, strange, late_longest;
    struct rusage usage;
    struct direction up, down;
    uint32_t late[50000];
} seen;

/* Counting ------------------------------------------------------------------------------------------ */

static uint32_t checksum(const struct stamp *s) {
    uint64_t x = (s->who * 0x9e3779b1ull + s->number) * 0x85ebca77c2b2ae63ull ^ s->sent * 0xc2b2ae3d27d4eb4full;
    return (uint32_t)(x ^ x >> 32);
}

static void fill_block(uint8_t *block, uint32_t who, uint32_t number, uint64_t sent) {
    struct stamp s = {MAGIC, who, number, 0, sent};
    s.check = checksum(&s);
    memcpy(block, &s, sizeof s);
    memcpy(block + sizeof s, pattern[number % PATTERNS], BLOCK - sizeof s);
}

/* Whether the block is one of ours, unaltered. */
static bool read_block(const uint8_t *block, struct stamp *s) {
    memcpy(s, block, sizeof *s);
    return s->magic == MAGIC && s->check == checksum(s) &&
           !memcmp(block + sizeof *s, pattern[s->number % PATTERNS], BLOCK - sizeof *s);
}

static void count_time(uint32_t *buckets, uint64_t *longest, uint64_t ns) {
    buckets[MIN(ns / 20000, 49999)]++;
    if (ns > *longest) *longest = ns;
}

static double percentile(const uint32_t *buckets, double share) {
    uint64_t all = 0, below = 0;
    for (int i = 0; i < 50000; i++) all += buckets[i];
    for (int i = 0; i < 50000; i++) {
        below += buckets[i];
        if (all && (double)below >= share * (double)all) return (i + 1) * 0.02;
    }
    return 0;
}

/* Counts a block's number; `next` is the one expected. */
static void count_number(struct direction *d, bool *any, uint32_t *next, uint32_t number, bool counted) {
    if (*any && counted) {
        if (number > *next) d->lost += number - *next;
        else if (number < *next) d->reordered++;
    }
    if (!*any || number >= *next) *next = number + 1;
    *any = true;
}

static void print_direction(const char *name, const struct direction *d) {
    printf(",\"%s\":{\"sent\":%lu,\"received\":%lu,\"lost\":%lu,\"reordered\":%lu,\"altered\":%lu,"
           "\"p50_ms\":%.2f,\"p90_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f}",
           name, d->sent, d->received, d->lost, d->reordered, d->altered, percentile(d->buckets, 0.5),
           percentile(d->buckets, 0.9), percentile(d->buckets, 0.99), (double)d->longest / MS);
}

static double cpu_seconds(const struct rusage *u) {
    return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) + (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e6;
}

static void report(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"report\":%d,\"seconds\":%.4f,\"load_cpu\":%.4f,\"late_p99_ms\":%.2f,\"late_max_ms\":%.2f", seen.calls,
           (double)(now_ns() - seen.begun) / 1e9, cpu_seconds(&usage) - cpu_seconds(&seen.usage),
           percentile(seen.late, 0.99), (double)seen.late_longest / MS);
    print_direction("up", &seen.up);
    print_direction("down", &seen.down);
    printf(",\"own_sounds\":%lu,\"marks\":%lu,\"echoes\":%lu,\"clears\":%lu,\"strange\":%lu}\n", seen.own_sounds, seen.marks,
           seen.echoes, seen.clears, seen.strange);
}

static void begin(int count) {
    memset(&seen, 0, sizeof seen);
    seen.calls = count, seen.begun = now_ns();
    getrusage(RUSAGE_SELF, &seen.usage);
}

static void tell_up(struct call *call) {
    if (call->told_up || !call->first_up || !call->first_down) return;
    call->told_up = true;
    printf("{\"up\":%d,\"open_ns\":%lu,\"first_up_ns\":%lu,\"first_down_ns\":%lu}\n", call->index, call->opened,
           call->first_up, call->first_down);
}

/* Tickers: a heap by due time ------------------------------------------------------------------------- */

static void sink(size_t i) {
    for (;;) {
        size_t least = i, left = 2 * i, right = 2 * i + 1;
        if (left <= heap_size && heap[left].due < heap[least].due) least = left;
        if (right <= heap_size && heap[right].due < heap[least].due) least = right;
        if (least == i) return;
        struct ticker t = heap[i];
        heap[i] = heap[least], heap[least] = t, i = least;
    }
}

static void add_ticker(struct call *call, struct model *model) {
    size_t i = ++heap_size;
    heap[i] = (struct ticker){now_ns() + random_bits() % TICK, call, model};
    for (; i > 1 && heap[i].due < heap[i / 2].due; i /= 2) {
        struct ticker t = heap[i];
        heap[i] = heap[i / 2], heap[i / 2] = t;
    }
}

/* JSON without a parser: the value of a text member, spelled with or without spaces ------------------- */

static uint8_t *member(uint8_t *data, size_t n, const char *key, size_t *length) {
    uint8_t *end = data + n, *p = data;
    size_t size = strlen(key);
    while ((p = memmem(p, (size_t)(end - p), key, size))) {
        p += size;
        while (p < end && (*p == ' ' || *p == ':')) p++;
        if (p < end && *p == '"') {
            uint8_t *close = memchr(p + 1, '"', (size_t)(end - p - 1));
            *length = close ? (size_t)(close - p - 1) : 0;
            return close ? p + 1 : NULL;
        }
    }
    return NULL;
}

static bool is(const uint8_t *text, size_t n, const char *word) { return n == strlen(word) && !memcmp(text, word, n); }

static void say(struct conn *c, const char *format, ...) {
    static char text[8192];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (n > 0 && (size_t)n < sizeof text) send_text(c, text, (size_t)n);
}

/* Phones ---------------------------------------------------------------------------------------------- */

static void phone_open(struct conn *c) {
    struct call *call = c->owner;
    call->opened = now_ns();
    say(c, "{\"event\":\"connected\",\"protocol\":\"Call\",\"version\":\"1.0.0\"}");
    char parameters[256] = "{}";
    if (*call->token) snprintf(parameters, sizeof parameters, "{\"token\":\"%s\"}", call->token);
    say(c,
        "{\"event\":\"start\",\"sequenceNumber\":\"1\",\"start\":{\"accountSid\":\"AC00000000000000000000000000000001\","
        "\"streamSid\":\"%s\",\"callSid\":\"%s\",\"tracks\":[\"inbound\"],\"mediaFormat\":{\"encoding\":\"audio/x-mulaw\","
        "\"sampleRate\":8000,\"channels\":1},\"customParameters\":%s},\"streamSid\":\"%s\"}",
        call->stream_sid, call->call_sid, parameters, call->stream_sid);
    call->sequence = 2, call->started = call->opened;
    add_ticker(call, NULL);
}

static void phone_audio(struct call *call, const uint8_t *payload, size_t n, uint64_t arrived) {
    static uint8_t audio[1 << 20];
    struct stamp s;
    long size = n <= sizeof audio ? b64_decode(audio, payload, n) : -1;
    bool counted = call->index < seen.calls, first = true;
    if (size < 0) {
        seen.strange++;
        return;
    }
    call->play_end = MAX(call->play_end, arrived) + (uint64_t)size * MS / 8;
    if (!call->filled && ((size_t)size < sizeof s || memcmp(audio, &MAGIC, 4))) {
        seen.own_sounds++;
        return;
    }
    for (long at = 0; at < size;) {
        size_t piece = MIN(BLOCK - call->filled, (size_t)(size - at));
        memcpy(call->block + call->filled, audio + at, piece);
        at += (long)piece, call->filled += piece;
        if (call->filled < BLOCK) break;
        call->filled = 0;
        if (!read_block(call->block, &s) || (call->down_seen && s.who != call->down_model)) {
            if (counted) seen.down.altered++;
            continue;
        }
        if (!call->first_down) call->first_down = arrived;
        call->down_model = s.who;
        count_number(&seen.down, &call->down_seen, &call->down_next, s.number, counted);
        if (counted) {
            seen.down.received++;
            if (first && s.sent >= seen.begun) count_time(seen.down.buckets, &seen.down.longest, arrived - s.sent);
            first = false;
        }
    }
    tell_up(call);
}

static void phone_text(struct conn *c, uint8_t *data, size_t n) {
    struct call *call = c->owner;
    size_t length;
    uint8_t *event = member(data, n, "\"event\"", &length);
    if (event && is(event, length, "media")) {
        uint8_t *payload = member(data, n, "\"payload\"", &length);
        if (payload) phone_audio(call, payload, length, c->arrived);
    } else if (event && is(event, length, "mark")) {
        uint8_t *name = member(data, n, "\"name\"", &length);
        seen.marks++;
        if (!name || call->mark_count == MARKS) {
            seen.strange++;
            return;
        }
        struct mark *mark = &call->marks[(call->mark_first + call->mark_count++) % MARKS];
        mark->due = MAX(call->play_end, c->arrived);
        snprintf(mark->name, sizeof mark->name, "%.*s", (int)length, name);
    } else if (event && is(event, length, "clear")) {
        seen.clears++;
        call->play_end = c->arrived;
        for (unsigned i = 0; i < call->mark_count; i++) call->marks[(call->mark_first + i) % MARKS].due = c->arrived;
    } else {
        seen.strange++;
    }
}

static void phone_dead(struct conn *c) {
    struct call *call = c->owner;
    if (!call->closing) printf("{\"gone\":%d,\"was_up\":%s}\n", call->index, call->told_up ? "true" : "false");
}

static void echo_marks(struct call *call, uint64_t now) {
    while (call->mark_count && call->marks[call->mark_first].due <= now) {
        say(call->phone, "{\"event\":\"mark\",\"sequenceNumber\":\"%u\",\"mark\":{\"name\":\"%s\"},\"streamSid\":\"%s\"}",
            call->sequence++, call->marks[call->mark_first].name, call->stream_sid);
        if (call->watched) printf("{\"marked\":%d,\"ns\":%lu}\n", call->index, now_ns());
        call->mark_first = (call->mark_first + 1) % MARKS, call->mark_count--;
        seen.echoes++;
    }
}

/* Sends this 20 ms; false once the phone has hung up. */
static bool phone_tick(struct call *call) {
    static char text[1024];
    uint8_t block[BLOCK];
    if (call->phone->state != OPEN) return false;
    uint64_t now = now_ns();
    echo_marks(call, now);
    call->frames++;
    char *p = text + sprintf(text,
                             "{\"event\":\"media\",\"sequenceNumber\":\"%u\",\"media\":{\"track\":\"inbound\",\"chunk\":"
                             "\"%u\",\"timestamp\":\"%lu\",\"payload\":\"",
                             call->sequence++, call->frames, (now - call->started) / MS);
    fill_block(block, (uint32_t)call->index, call->frames, now_ns());
    p += b64_encode((uint8_t *)p, block, BLOCK);
    p += sprintf(p, "\"},\"streamSid\":\"%s\"}", call->stream_sid);
    if (call->index < seen.calls && call->up_seen) seen.up.sent++;
    send_text(call->phone, text, (size_t)(p - text));
    return true;
}

static void open_phone(const char *line) {
    int index, port;
    char path[256], signature[64], headers[256] = "", call_sid[40], stream_sid[40], token[200];
    if (sscanf(line, "open %d %d %255s %63s %39s %39s %199s", &index, &port, path, signature, call_sid, stream_sid,
               token) != 7 || index < 0 || index >= CALLS) {
        fprintf(stderr, "cannot read: %s\n", line);
        exit(2);
    }
    struct call *call = calls[index] = calloc(1, sizeof *call);
    call->index = index;
    strcpy(call->call_sid, call_sid), strcpy(call->stream_sid, stream_sid);
    if (strcmp(token, "-")) strcpy(call->token, token);
    if (strcmp(signature, "-")) snprintf(headers, sizeof headers, "X-Twilio-Signature: %s\r\n", signature);
    struct conn *c = call->phone = dial(port, path, headers);
    c->owner = call, c->on_open = phone_open, c->on_text = phone_text, c->on_dead = phone_dead;
}

static void close_phone(int index) {
    struct call *call = index >= 0 && index < CALLS ? calls[index] : NULL;
    if (!call) return;
    call->closing = true;
    if (call->phone->state == OPEN) {
        say(call->phone, "{\"event\":\"stop\",\"sequenceNumber\":\"%u\",\"streamSid\":\"%s\",\"stop\":{\"accountSid\":"
            "\"AC00000000000000000000000000000001\",\"callSid\":\"%s\"}}",
            call->sequence++, call->stream_sid, call->call_sid);
        if (call->phone->state == OPEN) put_frame(call->phone, 8, "\x03\xe8", 2), flush(call->phone);
    }
    bury(call->phone);
}

/* The model ------------------------------------------------------------------------------------------- */

static void session_event(struct model *m, const char *type) {
    say(m->conn,
        "{\"type\":\"%s\",\"event_id\":\"event_s%d\",\"session\":{\"type\":\"realtime\",\"object\":\"realtime.session\","
        "\"id\":\"sess_%d\",\"model\":\"bench\",\"output_modalities\":[\"audio\"],\"expires_at\":%ld,\"audio\":{\"input\":"
        "{\"format\":{\"type\":\"audio/pcmu\"}},\"output\":{\"format\":{\"type\":\"audio/pcmu\"},\"voice\":\"marin\"}}}}",
        type, m->id, m->id, (long)time(NULL) + 3600);
}

static void model_open(struct conn *c) { session_event(c->owner, "session.created"); }

static void model_hears(struct model *m, uint8_t *audio_text, size_t n, uint64_t arrived) {
    static uint8_t audio[1 << 20];
    struct stamp s;
    long size = n <= sizeof audio ? b64_decode(audio, audio_text, n) : -1;
    if (size < 0 || size % BLOCK) {
        seen.up.altered++;
        return;
    }
    for (long at = 0; at < size; at += BLOCK) {
        if (!read_block(audio + at, &s) || s.who >= CALLS || !calls[s.who]) {
            seen.up.altered++;
            continue;
        }
        struct call *call = calls[s.who];
        bool counted = call->index < seen.calls;
        if (m->call >= 0 && m->call != (int)s.who) seen.strange++; /* somebody else's audio */
        m->call = (int)s.who;
        if (!call->first_up) call->first_up = arrived, tell_up(call);
        count_number(&seen.up, &call->up_seen, &call->up_next, s.number, counted);
        if (counted && s.sent >= seen.begun) {
            seen.up.received++;
            count_time(seen.up.buckets, &seen.up.longest, arrived - s.sent);
        }
    }
}

static void begin_turn(struct model *m, uint64_t now, const char *purpose) {
    struct conn *c = m->conn;
    m->running = true, m->deltas = 0, m->turn++, m->turn_start = now;
    snprintf(m->purpose, sizeof m->purpose, "%s", purpose);
    char metadata[80] = "null";
    if (*purpose) snprintf(metadata, sizeof metadata, "{\"purpose\":\"%s\"}", purpose);
    say(c, "{\"type\":\"response.created\",\"event_id\":\"event_a%u\",\"response\":{\"object\":\"realtime.response\",\"id\":"
        "\"resp_%d_%u\",\"status\":\"in_progress\",\"status_details\":null,\"output\":[],\"conversation_id\":\"conv_%d\","
        "\"output_modalities\":[\"audio\"],\"metadata\":%s}}", m->turn, m->id, m->turn, m->id, metadata);
    say(c, "{\"type\":\"response.output_item.added\",\"event_id\":\"event_b%u\",\"response_id\":\"resp_%d_%u\",\"output_index\":0,"
        "\"item\":{\"id\":\"item_%d_%u\",\"type\":\"message\",\"status\":\"in_progress\",\"role\":\"assistant\",\"content\":[]}}",
        m->turn, m->id, m->turn, m->id, m->turn);
    say(c, "{\"type\":\"conversation.item.added\",\"event_id\":\"event_c%u\",\"previous_item_id\":null,\"item\":{\"id\":"
        "\"item_%d_%u\",\"type\":\"message\",\"status\":\"in_progress\",\"role\":\"assistant\",\"content\":[]}}",
        m->turn, m->id, m->turn);
    say(c, "{\"type\":\"response.content_part.added\",\"event_id\":\"event_d%u\",\"response_id\":\"resp_%d_%u\",\"item_id\":"
        "\"item_%d_%u\",\"output_index\":0,\"content_index\":0,\"part\":{\"type\":\"audio\",\"transcript\":\"\"}}",
        m->turn, m->id, m->turn, m->id, m->turn);
}

static void send_delta(struct model *m) {
    static char text[4096];
    uint8_t audio[DELTA_BLOCKS * BLOCK];
    int number = m->deltas++;
    say(m->conn, "{\"type\":\"response.output_audio_transcript.delta\",\"event_id\":\"event_t%u_%d\",\"response_id\":"
        "\"resp_%d_%u\",\"item_id\":\"item_%d_%u\",\"output_index\":0,\"content_index\":0,\"delta\":\" some words\"}",
        m->turn, number, m->id, m->turn, m->id, m->turn);
    char *p = text + sprintf(text, "{\"type\":\"response.output_audio.delta\",\"event_id\":\"event_p%u_%d\",\"response_id\":"
                             "\"resp_%d_%u\",\"item_id\":\"item_%d_%u\",\"output_index\":0,\"content_index\":0,\"delta\":\"",
                             m->turn, number, m->id, m->turn, m->id, m->turn);
    uint64_t now = now_ns();
    for (int i = 0; i < DELTA_BLOCKS; i++) fill_block(audio + i * BLOCK, (uint32_t)m->id, m->blocks++, now);
    p += b64_encode((uint8_t *)p, audio, sizeof audio);
    p += sprintf(p, "\"}");
    if (m->call >= 0 && m->call < seen.calls) seen.down.sent += DELTA_BLOCKS;
    send_text(m->conn, text, (size_t)(p - text));
}

static void end_turn(struct model *m) {
    struct conn *c = m->conn;
    static const char words[] = "some words some words some words some words some words";
    m->running = false, m->heard = 0, m->next_turn = m->turn_start + PERIOD;
    if (*m->purpose) m->next_turn += (uint64_t)(random_bits() % 2500) * MS - 1250 * MS;
    say(c, "{\"type\":\"response.output_audio.done\",\"event_id\":\"event_e%u\",\"response_id\":\"resp_%d_%u\",\"item_id\":"
        "\"item_%d_%u\",\"output_index\":0,\"content_index\":0}", m->turn, m->id, m->turn, m->id, m->turn);
    say(c, "{\"type\":\"response.output_audio_transcript.done\",\"event_id\":\"event_f%u\",\"response_id\":\"resp_%d_%u\","
        "\"item_id\":\"item_%d_%u\",\"output_index\":0,\"content_index\":0,\"transcript\":\"%s\"}",
        m->turn, m->id, m->turn, m->id, m->turn, words);
    say(c, "{\"type\":\"response.content_part.done\",\"event_id\":\"event_g%u\",\"response_id\":\"resp_%d_%u\",\"item_id\":"
        "\"item_%d_%u\",\"output_index\":0,\"content_index\":0,\"part\":{\"type\":\"audio\",\"transcript\":\"%s\"}}",
        m->turn, m->id, m->turn, m->id, m->turn, words);
    say(c, "{\"type\":\"response.output_item.done\",\"event_id\":\"event_h%u\",\"response_id\":\"resp_%d_%u\",\"output_index\":0,"
        "\"item\":{\"id\":\"item_%d_%u\",\"type\":\"message\",\"status\":\"completed\",\"role\":\"assistant\",\"content\":"
        "[{\"type\":\"output_audio\",\"transcript\":\"%s\"}]}}", m->turn, m->id, m->turn, m->id, m->turn, words);
    char metadata[80] = "null";
    if (*m->purpose) snprintf(metadata, sizeof metadata, "{\"purpose\":\"%s\"}", m->purpose);
    say(c, "{\"type\":\"response.done\",\"event_id\":\"event_i%u\",\"response\":{\"object\":\"realtime.response\",\"id\":"
        "\"resp_%d_%u\",\"status\":\"completed\",\"status_details\":null,\"metadata\":%s,\"output\":[{\"id\":\"item_%d_%u\","
        "\"type\":\"message\",\"status\":\"completed\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_audio\","
        "\"transcript\":\"%s\"}]}],\"usage\":{\"total_tokens\":300,\"input_tokens\":200,\"output_tokens\":100}}}",
        m->turn, m->id, m->turn, metadata, m->id, m->turn, words);
}

/* The caller's turn as the model's voice detection tells it, then its own. */
static void listen_tick(struct model *m, uint64_t now) {
    if (m->heard == 0 && now >= m->next_turn - 1300 * MS) {
        m->heard = 1;
        say(m->conn, "{\"type\":\"input_audio_buffer.speech_started\",\"event_id\":\"event_j%u\",\"audio_start_ms\":1000,"
            "\"item_id\":\"item_c%d_%u\"}", m->turn, m->id, m->turn);
    }
    if (m->heard == 1 && now >= m->next_turn - 300 * MS) {
        m->heard = 2;
        say(m->conn, "{\"type\":\"input_audio_buffer.speech_stopped\",\"event_id\":\"event_k%u\",\"audio_end_ms\":2000,"
            "\"item_id\":\"item_c%d_%u\"}", m->turn, m->id, m->turn);
        say(m->conn, "{\"type\":\"input_audio_buffer.committed\",\"event_id\":\"event_l%u\",\"previous_item_id\":null,"
            "\"item_id\":\"item_c%d_%u\"}", m->turn, m->id, m->turn);
    }
    if (now >= m->next_turn) {
        if (m->heard == 2)
            say(m->conn, "{\"type\":\"conversation.item.input_audio_transcription.completed\",\"event_id\":\"event_m%u\","
                "\"item_id\":\"item_c%d_%u\",\"content_index\":0,\"transcript\":\"I have a question about it.\"}",
                m->turn, m->id, m->turn);
        begin_turn(m, now, "");
    }
}

/* What of a response is due; false once the socket is gone. */
static bool model_tick(struct model *m) {
    if (m->conn->state == DEAD) return false;
    if (!m->ready) return true;
    uint64_t now = now_ns();
    if (!m->running) listen_tick(m, now);
    else if (m->deltas == DELTAS) end_turn(m);
    else if (now >= m->turn_start + (uint64_t)m->deltas * GAP) send_delta(m);
    return true;
}

static void model_text(struct conn *c, uint8_t *data, size_t n) {
    struct model *m = c->owner;
    size_t length, more;
    uint8_t *type = member(data, n, "\"type\"", &length);
    if (!type) {
        seen.strange++;
    } else if (is(type, length, "input_audio_buffer.append")) {
        uint8_t *audio = member(data, n, "\"audio\"", &more);
        if (audio) model_hears(m, audio, more, c->arrived);
    } else if (is(type, length, "session.update")) {
        session_event(m, "session.updated");
        if (!m->ready) m->next_turn = now_ns() + 1500 * MS + (uint64_t)(random_bits() % 5000) * MS;
        m->ready = true;
    } else if (is(type, length, "response.create")) {
        char purpose[40] = "";
        uint8_t *given = member(data, n, "\"purpose\"", &more);
        if (given) snprintf(purpose, sizeof purpose, "%.*s", (int)more, given);
        if (!m->running) {
            begin_turn(m, now_ns(), purpose);
            return;
        }
        uint8_t *id = member(data, n, "\"event_id\"", &more);
        say(c, "{\"type\":\"error\",\"event_id\":\"event_x\",\"error\":{\"type\":\"invalid_request_error\",\"code\":"
            "\"conversation_already_has_active_response\",\"message\":\"busy\",\"param\":null,\"event_id\":\"%.*s\"}}",
            id ? (int)more : 0, id ? (char *)id : "");
    }
}

static void accept_models(int listener) {
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        if (model_count == CALLS) {
            fprintf(stderr, "too many sessions\n");
            exit(1);
        }
        struct conn *c = adopt(fd, false, SHAKING);
        if (tls_context) {
            c->ssl = tls.make(tls_context);
            tls.set_fd(c->ssl, fd);
            c->state = CONNECTING;
        }
        struct model *m = models[model_count] = calloc(1, sizeof *m);
        m->id = model_count++, m->call = -1, m->conn = c;
        c->owner = m, c->on_open = model_open, c->on_text = model_text;
        add_ticker(NULL, m);
    }
}

/* Commands and the loop ------------------------------------------------------------------------------- */

static void model_event(const char *line) {
    int index, at = 0;
    if (sscanf(line, "event %d %n", &index, &at) < 1) return;
    for (int i = model_count - 1; i >= 0; i--)
        if (models[i]->call == index && models[i]->conn->state == OPEN) {
            printf("{\"event_sent\":%d,\"ns\":%lu}\n", index, now_ns());
            send_text(models[i]->conn, line + at, strlen(line + at));
            return;
        }
}

static void command(char *line) {
    int n = 0;
    if (!strncmp(line, "open ", 5)) open_phone(line);
    else if (sscanf(line, "close %d", &n) == 1) close_phone(n);
    else if (sscanf(line, "begin %d", &n) == 1) begin(n);
    else if (sscanf(line, "watch %d", &n) == 1 && n >= 0 && n < CALLS && calls[n]) calls[n]->watched = true;
    else if (!strcmp(line, "end")) report();
    else if (!strncmp(line, "event ", 6)) model_event(line);
    else if (!strcmp(line, "quit")) exit(0);
    else fprintf(stderr, "unknown: %s\n", line);
}

static void commands(void) {
    static char text[1 << 16];
    static size_t held;
    ssize_t got = read(0, text + held, sizeof text - held - 1);
    if (got <= 0) exit(0); /* whoever measures has gone */
    held += (size_t)got;
    text[held] = 0;
    char *line = text, *end;
    while ((end = strchr(line, '\n'))) {
        *end = 0;
        command(line);
        line = end + 1;
    }
    held -= (size_t)(line - text);
    memmove(text, line, held);
}

static void tick_due(void) {
    for (int turns = 0; heap_size && turns < 64; turns++) {
        struct ticker *t = &heap[1];
        uint64_t now = now_ns();
        if (t->due > now) return;
        count_time(seen.late, &seen.late_longest, now - t->due);
        t->due += TICK;
        bool again = t->call ? phone_tick(t->call) : model_tick(t->model);
        if (!again) *t = heap[heap_size--];
        sink(1);
    }
}

static void prepare(void) {
    raise_file_limit();
    prctl(PR_SET_TIMERSLACK, 1);
    setvbuf(stdout, NULL, _IOLBF, 1 << 16);
    b64_prepare();
    for (int i = 0; i < PATTERNS; i++)
        for (size_t k = 0; k < sizeof pattern[0]; k++) pattern[i][k] = (uint8_t)(0x80 | random_bits() % 96);
    epoll_fd = epoll_create1(0);
}

int main(int count, char **arguments) {
    static struct epoll_event ready[256];
    int port = 0;
    prepare();
    if (count == 3) tls_context = tls_server(arguments[1], arguments[2]);
    int listener = listen_on(&port);
    static int marks[2]; /* whose addresses stand for stdin and the listener */
    struct epoll_event in = {.events = EPOLLIN, .data.ptr = &marks[0]}, l = {.events = EPOLLIN, .data.ptr = &marks[1]};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, 0, &in) || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &l)) die("epoll");
    printf("{\"model_port\":%d}\n", port);
    begin(0);
    for (;;) {
        struct timespec wait = {1, 0};
        if (heap_size) {
            uint64_t now = now_ns(), left = heap[1].due > now ? heap[1].due - now : 0;
            wait = (struct timespec){(time_t)(left / 1000000000u), (long)(left % 1000000000u)};
        }
        int n = epoll_pwait2(epoll_fd, ready, 256, &wait, NULL);
        for (int i = 0; i < n; i++) {
            void *who = ready[i].data.ptr;
            if (who == &marks[0]) commands();
            else if (who == &marks[1]) accept_models(listener);
            else handle_event(who, ready[i].events);
        }
        tick_due();
    }
}
