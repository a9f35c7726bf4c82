#include "can_multicast.h"

#include <string.h>

typedef struct {
    const uint8_t *at, *end;
    int bad;
} reader_t;

static uint32_t big(reader_t *r, size_t octets)
{
    uint32_t value = 0;
    if ((size_t)(r->end - r->at) < octets) {
        r->bad = 1;
        return 0;
    }
    for (size_t i = 0; i < octets; i++) {
        value = value << 8 | *r->at++;
    }
    return value;
}

/* One value of those that such a map holds. bytes, length: of text and octets; the number of whole ones; others are passed over. */
static uint32_t value(reader_t *r, const uint8_t **bytes, size_t *length)
{
    const uint32_t kind = big(r, 1);
    size_t n = 0;
    *bytes = NULL, *length = 0;
    if (kind < 0x80) {
        return kind;
    }
    switch (kind) {
    case 0xc0: case 0xc2: return 0; /* nil, false */
    case 0xc3: return 1;
    case 0xca: (void)big(r, 4); return 0; /* floats */
    case 0xcb: (void)big(r, 4), (void)big(r, 4); return 0;
    case 0xcc: case 0xd0: return big(r, 1);
    case 0xcd: case 0xd1: return big(r, 2);
    case 0xce: case 0xd2: return big(r, 4);
    case 0xcf: case 0xd3: (void)big(r, 4); return big(r, 4);
    case 0xc4: case 0xd9: n = big(r, 1); break;
    case 0xc5: case 0xda: n = big(r, 2); break;
    default:
        if ((kind & 0xe0) != 0xa0) {
            r->bad = 1;
            return 0;
        }
        n = kind & 0x1f;
    }
    if ((size_t)(r->end - r->at) < n) {
        r->bad = 1;
        return 0;
    }
    *bytes = r->at, *length = n;
    r->at += n;
    return 0;
}

static int is(const uint8_t *bytes, size_t length, const char *word)
{
    return bytes != NULL && length == strlen(word) && memcmp(bytes, word, length) == 0;
}

long can_multicast_unpack(const uint8_t *in, size_t size, uint8_t *frame, size_t capacity)
{
    reader_t r = { in, in + size, 0 };
    const uint32_t head = big(&r, 1);
    const uint8_t *data = NULL;
    size_t octets = 0;
    uint32_t id = 0, extended = 0, strange = 0;
    if ((head & 0xf0) != 0x80) {
        return -1;
    }
    for (uint32_t i = 0; i < (head & 0x0f) && !r.bad; i++) {
        const uint8_t *key, *bytes;
        size_t key_length, length;
        (void)value(&r, &key, &key_length);
        const uint32_t number = value(&r, &bytes, &length);
        if (is(key, key_length, "arbitration_id")) {
            id = number;
        } else if (is(key, key_length, "is_extended_id")) {
            extended = number;
        } else if (is(key, key_length, "is_remote_frame") || is(key, key_length, "is_error_frame")) {
            strange |= number;
        } else if (is(key, key_length, "data")) {
            data = bytes, octets = length;
        }
    }
    if (r.bad || strange || octets > 64 || octets + 4 > capacity) {
        return -1;
    }
    id |= extended ? 1u << 31 : 0;
    for (int i = 0; i < 4; i++) {
        frame[i] = (uint8_t)(id >> (24 - 8 * i));
    }
    if (octets) {
        memcpy(frame + 4, data, octets);
    }
    return (long)octets + 4;
}

static uint8_t *word(uint8_t *at, const char *text)
{
    const size_t n = strlen(text);
    *at++ = (uint8_t)(0xa0 | n);
    memcpy(at, text, n);
    return at + n;
}

size_t can_multicast_pack(const uint8_t *frame, size_t size, uint8_t *out, size_t capacity)
{
    if (size < 4 || size > 68 || capacity < 320) {
        return 0;
    }
    const uint8_t n = (uint8_t)(size - 4);
    uint8_t *at = out;
    *at++ = 0x8b;
    at = word(at, "timestamp"), *at++ = 0x00;
    at = word(at, "arbitration_id"), *at++ = 0xce;
    *at++ = frame[0] & 0x7f, *at++ = frame[1], *at++ = frame[2], *at++ = frame[3];
    at = word(at, "is_extended_id"), *at++ = frame[0] & 0x80 ? 0xc3 : 0xc2;
    at = word(at, "is_remote_frame"), *at++ = 0xc2;
    at = word(at, "is_error_frame"), *at++ = 0xc2;
    at = word(at, "channel"), *at++ = 0xc0;
    at = word(at, "dlc"), *at++ = n;
    at = word(at, "data"), *at++ = 0xc4, *at++ = n;
    memcpy(at, frame + 4, n);
    at += n;
    at = word(at, "is_fd"), *at++ = 0xc3;
    at = word(at, "bitrate_switch"), *at++ = 0xc2;
    at = word(at, "error_state_indicator"), *at++ = 0xc2;
    return (size_t)(at - out);
}
