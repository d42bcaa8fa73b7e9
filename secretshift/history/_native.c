/* Which lines of a blob have not been looked at yet, what a pack's delta inserts and makes, how the
   entries of a pack hang together, and what git's log says.

   As secretshift/history/fresh.py, packs.py and commits.py say, which have the same in Python, but
   for the memory of lines.
   What it reads comes from outside: every offset is held against the end of what it is in. It
   calls nothing but the allocator, the C library's searches in memory and what makes objects of
   Python, and keeps nothing between two calls but the tables that it is given. Sources: gitformat-pack(5), "Deltified representation"; Lemire and Kaser, "Strongly
   universal string hashing is fast", multilinear hashing. */

#define _GNU_SOURCE  /* memmem, memrchr */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030b0000
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef NATIVE_SOURCE
#define NATIVE_SOURCE ""
#endif

#define LONGEST 4000   /* bytes from which on a line is a long one, of which no whole is kept */
#define FAR 400        /* bytes to either side of what is new on a long line */
#define NEAR 160       /* bytes between two pieces for which it is not worth to part them */
#define SHORTEST 4     /* bytes of a line, without what it is indented by, that can hold anything */
#define AHEAD 16       /* lines that wait for their slots, a power of two */
#define ABOVE 9        /* lines above a value in which its name may stand, */
#define WIDE 1600      /* and bytes */
#define TOKEN 16       /* letters of the shortest value that counts below its name, */
#define BLANKS 64      /* and blanks, quotes and ends of lines between them */
#define REST 2000      /* bytes of a value that is not cut in two */
#define KEYS 1024      /* random numbers, one for each eight bytes that are hashed; a power of two */

#if KEYS * 8 < LONGEST + WIDE + 32
#error "fewer numbers than the longest line needs"
#endif

typedef struct {
    uint32_t begin;    /* of the line, in the content */
    uint32_t end;
    uint64_t key;
} Entry;

typedef struct {
    size_t begin;
    size_t end;
} Span;

/* A whole line that is no long one. */
typedef struct {
    size_t first;      /* where what it leans on begins */
    size_t begin, end;
    uint64_t key;      /* 0 where nothing can stand */
} Line;

typedef struct {
    const unsigned char *data;
    size_t size;
    const uint64_t *table;
    uint64_t mask;
    uint64_t *given;   /* lines that were told before, of the same tree or of others */
    uint64_t given_mask;
    const unsigned char *keys;
    uint64_t sort;     /* of the file: the same line in another is another */
    uint64_t tree;     /* and what a line that was told of another tree differs by */
    PyObject *found;
    int open;          /* whether a piece is under way */
    size_t begin, end;
    int ragged;        /* whether it begins or ends amid a line */
    Entry *entries;
    size_t count, room;
    Line lines[AHEAD]; /* whose slots are on their way from memory */
    size_t from, to;
} Work;

/* Keys of lines */

static uint64_t word_at(const unsigned char *at)
{
    uint64_t word;
    memcpy(&word, at, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

typedef unsigned __int128 Wide;

static Wide product(const Work *work, size_t number, uint64_t word)
{
    Wide key;
    memcpy(&key, work->keys + (number & (KEYS - 1)) * sizeof key, sizeof key);
    return key * word;
}

/* Two lines that were written by somebody who does not know the random numbers have the same key
   once in 2^64 times. 0 is none. */
static uint64_t key_of(const Work *work, size_t begin, size_t end, uint64_t leaning)
{
    Wide sum = product(work, 0, end - begin) + product(work, 1, work->sort)
               + product(work, 2, leaning);
    uint64_t word = 0;
    size_t number = 3, rest;

    for (; begin + 8 <= end; begin += 8)
        sum += product(work, number++, word_at(work->data + begin));
    for (rest = 0; begin + rest < end; rest++)
        word |= (uint64_t)work->data[begin + rest] << (8 * rest);
    sum += product(work, number, word);
    word = (uint64_t)(sum >> 64);
    return word ? word : 1;
}

static void fetch(const uint64_t *table, uint64_t slot)
{
#if defined(__GNUC__)
    __builtin_prefetch(&table[slot]);
#else
    (void)table, (void)slot;
#endif
}

/* A key has two slots side by side. Whoever finds both taken displaces one of them. */
static int knows(const uint64_t *table, uint64_t mask, uint64_t key)
{
    uint64_t slot = key & mask;
    return table[slot] == key || table[slot ^ 1] == key;
}

static void keep(uint64_t *table, uint64_t mask, uint64_t key)
{
    uint64_t slot = key & mask;
    if (knows(table, mask, key))
        return;
    if (table[slot] && (!table[slot ^ 1] || key >> 63))
        slot ^= 1;
    table[slot] = key;
}

static void forget(uint64_t *table, uint64_t mask, uint64_t key)
{
    uint64_t slot = key & mask;
    if (table[slot] == key)
        table[slot] = 0;
    if (table[slot ^ 1] == key)
        table[slot ^ 1] = 0;
}

/* Lines */

static size_t end_of_line(const Work *work, size_t at, size_t most)
{
    size_t stop = work->size - at < most ? work->size : at + most;
    const unsigned char *found = memchr(work->data + at, '\n', stop - at);
    return found ? (size_t)(found - work->data) : stop;
}

/* Where the line begins on which an offset is, or so many bytes before it. */
static size_t begin_of_line(const Work *work, size_t at, size_t most)
{
    size_t floor = at < most ? 0 : at - most;
#if defined(__GLIBC__)
    const unsigned char *found = memrchr(work->data + floor, '\n', at - floor);
    return found ? (size_t)(found - work->data) + 1 : floor;
#else
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
    while (at - floor >= 8) {
        uint64_t word = word_at(work->data + at - 8) ^ (ones * '\n');
        if ((word - ones) & ~word & highs)
            break;  /* one of the eight is the end of a line */
        at -= 8;
    }
    while (at > floor && work->data[at - 1] != '\n')
        at--;
    return at;
#endif
}

static int begins_with(const Work *work, size_t at, size_t end, const char *word)
{
    for (; *word; word++, at++)
        if (at >= end || (work->data[at] | 0x20) != (unsigned char)*word)
            return 0;
    return 1;
}

static int is_one_of(unsigned char sign, const char *signs)
{
    return sign && strchr(signs, sign) != NULL;
}

static int is_blank(unsigned char sign)
{
    return sign == ' ' || sign == '\t' || sign == '\r' || sign == '\n';
}

static int is_assigning(unsigned char sign)
{
    return sign == '=' || sign == ':' || sign == '>' || sign == '|';
}

static int is_quote(unsigned char sign)
{
    return sign == '"' || sign == '\'' || sign == '`';
}

static int is_letter(unsigned char sign)
{
    return (unsigned char)((sign | 0x20) - 'a') < 26;
}

static int is_digit(unsigned char sign)
{
    return (unsigned char)(sign - '0') < 10;
}

/* Whether a line begins with a value, as a formatter puts it below its name or below what assigns
   it, and not with another name. last: the sign that ends the line before. */
static int is_value(const Work *work, size_t at, size_t end, unsigned char last)
{
    int assigns = is_assigning(last) || last == '(', digits = 0;
    size_t begin;

    /* Most lines are told apart here. */
    if (at == end || (is_letter(work->data[at]) && !assigns && last != ','))
        return 0;
    for (; at < end && is_one_of(work->data[at], "=:>|,([{+@ \t\"'`"); at++)
        assigns |= is_assigning(work->data[at]);
    if (!assigns && last != ',')
        return 0;
    if (end - at > 1 && is_quote(work->data[at + 1]) && is_one_of(work->data[at], "bfruLN@"))
        at += 2;  /* how a literal begins in programs */
    for (begin = at; at < end; at++) {
        unsigned char sign = work->data[at];
        int digit = is_digit(sign);
        if (!digit && !is_letter(sign) && !is_one_of(sign, "_-.+/=~"))
            break;
        digits |= digit;
    }
    if (at - begin < TOKEN || !(assigns || digits) || (at < end && work->data[at] == '('))
        return 0;
    while (at < end && is_one_of(work->data[at], " \t\r\"'`\\"))
        at++;
    return at == end || (work->data[at] != ':' && work->data[at] != '=');
}

/* Whether the name of what the line holds may stand on a line above it. at: behind what it is
   indented by. */
static int leans(const Work *work, size_t begin, size_t at, size_t end)
{
    size_t last = begin, before, value = at;
    if (at < end && (is_quote(work->data[at]) || work->data[at] == '<'))
        at++;
    if (begins_with(work, at, end, "value") || begins_with(work, at, end, "default")
        || begins_with(work, at, end, "string") || begins_with(work, at, end, "parametervalue"))
        return 1;
    if (!last)
        return 0;
    last--;  /* the end of the line before, which may say that its text follows */
    while (last && (work->data[last - 1] == ' ' || work->data[last - 1] == '\t'
                    || work->data[last - 1] == '\r'))
        last--;
    for (before = last; before && last - before < BLANKS
         && (is_blank(work->data[before - 1]) || is_quote(work->data[before - 1])); before--)
        ;
    if (is_value(work, value, end, before ? work->data[before - 1] : 0))
        return 1;
    if (last && (work->data[last - 1] == '+' || work->data[last - 1] == '-'))
        last--;
    return last && (work->data[last - 1] == '|' || work->data[last - 1] == '>');
}

/* Where what such a line leans on begins. */
static size_t above(const Work *work, size_t begin)
{
    size_t floor = begin < WIDE ? 0 : begin - WIDE, at = begin;
    int lines;
    for (lines = 0; lines < ABOVE && at > floor; lines++)
        at = begin_of_line(work, at - 1, at - 1 - floor);
    return at;
}

/* Behind what goes on there, as values do, and the sign that ends it. */
static size_t rest_of_value(const Work *work, size_t at)
{
    size_t stop = work->size - at < REST ? work->size : at + REST;
    while (at < stop && (!work->data[at] || !strchr(" \t\r\n\"'`<>,;\\", work->data[at])))
        at++;
    if (at < work->size && work->data[at] == '\\')
        at++;
    if (at < work->size && work->data[at] && strchr("\"'`", work->data[at]))
        at++;
    return at;
}

/* Pieces */

static int close_piece(Work *work)
{
    PyObject *item;
    int failed;

    if (!work->open)
        return 0;
    /* Some forms end with the line. */
    if (work->end < work->size && work->data[work->end] == '\n')
        work->end++;
    item = Py_BuildValue("(nniy#)", (Py_ssize_t)work->begin, (Py_ssize_t)work->end,
                         work->ragged, work->entries ? (const char *)work->entries : "",
                         (Py_ssize_t)(work->count * sizeof(Entry)));
    work->open = 0;
    work->count = 0;
    if (!item)
        return -1;
    failed = PyList_Append(work->found, item);
    Py_DECREF(item);
    return failed;
}

static int add(Work *work, size_t begin, size_t end, int ragged)
{
    if (work->open && begin <= work->end + NEAR) {
        if (begin < work->begin)
            work->begin = begin;
        if (end > work->end)
            work->end = end;
        work->ragged |= ragged;
        return 0;
    }
    if (close_piece(work))
        return -1;
    work->open = 1;
    work->begin = begin;
    work->end = end;
    work->ragged = ragged;
    return 0;
}

static int note(Work *work, size_t begin, size_t end, uint64_t key)
{
    if (work->count == work->room) {
        size_t room = work->room ? 2 * work->room : 64;
        Entry *more = realloc(work->entries, room * sizeof(Entry));
        if (!more) {
            PyErr_NoMemory();
            return -1;
        }
        work->entries = more;
        work->room = room;
    }
    work->entries[work->count].begin = (uint32_t)begin;
    work->entries[work->count].end = (uint32_t)end;
    work->entries[work->count].key = key;
    work->count++;
    return 0;
}

static Line line_of(const Work *work, size_t begin, size_t end)
{
    Line line = {begin, begin, end, 0};
    size_t at = begin;

    while (at < end && (work->data[at] == ' ' || work->data[at] == '\t'))
        at++;
    if (end - at < SHORTEST)
        return line;
    if (leans(work, begin, at, end))
        line.first = above(work, begin);
    /* A line that leans on others has another key than the same bytes that do not. */
    line.key = key_of(work, line.first, end, begin - line.first);
    fetch(work->table, line.key & work->mask);
    return line;
}

static int look_at(Work *work, const Line *line)
{
    size_t first = line->first;
    uint64_t given = line->key ^ work->tree;
    if (!given)
        given = 1;  /* 0 is none */
    if (knows(work->table, work->mask, line->key) || knows(work->given, work->given_mask, given))
        return 0;
    keep(work->given, work->given_mask, given);
    if (add(work, first, line->end, first && work->data[first - 1] != '\n'))
        return -1;
    return note(work, line->begin, line->end, line->key);
}

/* Up to so many of the lines that wait stay. */
static int look_at_those(Work *work, size_t waiting)
{
    while (work->to - work->from > waiting)
        if (look_at(work, &work->lines[work->from++ % AHEAD]))
            return -1;
    return 0;
}

static int look_soon(Work *work, const Line *line)
{
    if (!line->key)
        return 0;
    if (look_at_those(work, AHEAD - 1))
        return -1;
    work->lines[work->to++ % AHEAD] = *line;
    return 0;
}

static int add_long(Work *work, size_t begin, size_t end, int ragged)
{
    return look_at_those(work, 0) ? -1 : add(work, begin, end, ragged);
}

static int all_of_it(Work *work)
{
    size_t at = 0;
    while (at < work->size) {
        size_t end = end_of_line(work, at, work->size);
        if (end - at >= LONGEST) {
            if (add_long(work, at, end, 0))
                return -1;
        } else {
            Line line = line_of(work, at, end);
            if (look_soon(work, &line))
                return -1;
        }
        at = end + 1;
    }
    return 0;
}

/* What is new from one offset to another, both within the content. done: up to where all was
   looked at; next: where something else is new. Returns done for what follows, or SIZE_MAX. */
static size_t look_between(Work *work, size_t start, size_t stop, size_t done, size_t next)
{
    size_t begin = begin_of_line(work, start, LONGEST), until;
    int lines;

    for (;;) {
        size_t at = begin < start ? start : begin, end;
        if (begin >= work->size || begin > stop)
            break;
        end = end_of_line(work, at, LONGEST);
        if (end - begin >= LONGEST) {
            /* Of a long line only what is near. */
            size_t last = stop;
            const unsigned char *found = memchr(work->data + at, '\n', stop - at);
            if (found)
                last = (size_t)(found - work->data);
            end = end_of_line(work, last, FAR);
            if (end == last + FAR)
                end = rest_of_value(work, end);
            begin = at - begin > FAR ? at - FAR : begin;
            if (add_long(work, begin, end, 1))
                return SIZE_MAX;
            if (found) {
                begin = last + 1;
                continue;
            }
            done = end > done ? end : done;
            begin = end_of_line(work, last, WIDE);
            if (begin == work->size || work->data[begin] != '\n')
                return done;
            begin++;
            break;
        }
        if (begin >= done) {
            Line line = line_of(work, begin, end);
            if (look_soon(work, &line))
                return SIZE_MAX;
            done = end + 1;
        }
        begin = end + 1;
    }
    if (begin >= work->size || begin >= next)
        return done;
    /* A name above may be another one. */
    until = next < work->size ? begin_of_line(work, next, LONGEST) : work->size;
    for (lines = 0; lines < ABOVE && begin < work->size && begin < until; lines++) {
        size_t end = end_of_line(work, begin, LONGEST);
        if (end - begin >= LONGEST)
            break;
        if (begin >= done) {
            Line line = line_of(work, begin, end);
            if (line.first < begin && look_soon(work, &line))
                return SIZE_MAX;
        }
        begin = end + 1;
    }
    return done;
}

/* Deltas */

static int read_size(const unsigned char *delta, size_t end, size_t *at, uint64_t *value)
{
    int shift = 0;
    *value = 0;
    for (;;) {
        unsigned char byte;
        if (*at >= end || shift > 56)
            return -1;
        byte = delta[(*at)++];
        *value |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
        if (!(byte & 0x80))
            return 0;
    }
}

/* Where a copy begins in the base, and how long it is. */
static int copied(const unsigned char *delta, size_t end, size_t *at, unsigned char code,
                  uint64_t *start, uint64_t *length)
{
    int bit;
    *start = *length = 0;
    for (bit = 0; bit < 7; bit++)
        if (code & (1 << bit)) {
            if (*at >= end)
                return -1;
            if (bit < 4)
                *start |= (uint64_t)delta[*at] << (8 * bit);
            else
                *length |= (uint64_t)delta[*at] << (8 * (bit - 4));
            (*at)++;
        }
    if (!*length)
        *length = 0x10000;
    return 0;
}

static int part(Span **spans, size_t *count, size_t *room, size_t start, size_t stop)
{
    if (*count && start <= (*spans)[*count - 1].end + NEAR) {
        (*spans)[*count - 1].end = stop;
        return 0;
    }
    if (*count == *room) {
        size_t more = *room ? 2 * *room : 32;
        Span *larger = realloc(*spans, more * sizeof(Span));
        if (!larger)
            return -2;
        *spans = larger;
        *room = more;
    }
    (*spans)[*count].begin = start;
    (*spans)[*count].end = stop;
    (*count)++;
    return 0;
}

/* What a delta inserts into a result of so many bytes, and where two copies meet that do not
   follow each other. 0, -1 for what is no delta, -2 without memory. */
static int inserted(const unsigned char *delta, size_t end, size_t size, Span **spans, size_t *count)
{
    size_t at = 0, room = 0;
    uint64_t base, result, done = 0, expected = 0;

    if (read_size(delta, end, &at, &base) || read_size(delta, end, &at, &result) || result != size)
        return -1;
    while (at < end) {
        unsigned char code = delta[at++];
        int failed = 0;
        if (code & 0x80) {
            uint64_t start, length;
            if (copied(delta, end, &at, code, &start, &length))
                return -1;
            if (length > size - done)
                return -1;
            if (start != expected)
                failed = part(spans, count, &room, (size_t)done, (size_t)done);
            done += length;
            expected = start + length;
        } else if (code) {
            if (code > end - at || code > size - done)
                return -1;
            failed = part(spans, count, &room, (size_t)done, (size_t)(done + code));
            at += code;
            done += code;
        } else {
            return -1;
        }
        if (failed)
            return failed;
    }
    if (done != size)
        return -1;
    /* What the base has behind the last copy is gone from here on. */
    return expected == base ? 0 : part(spans, count, &room, size, size);
}

/* What a delta makes of its base, into so many bytes. 0, or -1 for what is none of this base. */
static int applied(const unsigned char *base, size_t base_size, const unsigned char *delta,
                   size_t end, unsigned char *result, size_t size)
{
    size_t at = 0, done = 0;
    uint64_t from, to;

    if (read_size(delta, end, &at, &from) || read_size(delta, end, &at, &to) || from != base_size
        || to != size)
        return -1;
    while (at < end) {
        unsigned char code = delta[at++];
        if (code & 0x80) {
            uint64_t start, length;
            if (copied(delta, end, &at, code, &start, &length) || length > size - done
                || start > base_size || length > base_size - start)
                return -1;
            memcpy(result + done, base + start, (size_t)length);
            done += (size_t)length;
        } else if (code) {
            if (code > end - at || code > size - done)
                return -1;
            memcpy(result + done, delta + at, code);
            at += code;
            done += code;
        } else {
            return -1;
        }
    }
    return done == size ? 0 : -1;
}

static int what_is_new(Work *work, const unsigned char *delta, size_t size)
{
    Span *spans = NULL;
    size_t count = 0, number, done = 0;
    int failed = inserted(delta, size, work->size, &spans, &count);

    if (failed == -1)
        PyErr_SetString(PyExc_ValueError, "no delta, or none of this content");
    else if (failed)
        PyErr_NoMemory();
    for (number = 0; !failed && number < count; number++) {
        size_t next = number + 1 < count ? spans[number + 1].begin : work->size;
        done = look_between(work, spans[number].begin, spans[number].end, done, next);
        failed = done == SIZE_MAX;
    }
    free(spans);
    return failed ? -1 : 0;
}

/* Packs */

static int by_number(const void *one, const void *other)
{
    uint64_t a, b;
    memcpy(&a, one, sizeof a);
    memcpy(&b, other, sizeof b);
    return a < b ? -1 : a > b;
}

/* The number of the entry that begins there; count for none. */
static size_t number_of(const uint64_t *offsets, size_t count, uint64_t offset)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (offsets[middle] <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low && offsets[low - 1] == offset ? low - 1 : count;
}

/* The distance to the base stands behind the size. Gives how far it is, 0 for what is none. */
static uint64_t distance_at(const unsigned char *pack, size_t size, size_t at)
{
    uint64_t distance;
    int bytes = 1;
    while (pack[at] & 0x80)
        if (++at >= size)
            return 0;
    if (++at >= size)
        return 0;
    distance = pack[at] & 0x7f;
    for (; pack[at] & 0x80; bytes++) {
        if (++at >= size || bytes > 8)
            return 0;
        distance = ((distance + 1) << 7) | (pack[at] & 0x7f);
    }
    return distance;
}

typedef struct {
    uint64_t offset;
    uint64_t place;
} Placed;

static int by_offset(const void *one, const void *other)
{
    const Placed *a = one, *b = other;
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

/* Sorts the entries. 0, or -1 for one that is damaged. */
static int sorted_out(const unsigned char *pack, size_t size, const uint64_t *offsets, size_t count,
                      uint32_t *roots, size_t *root, uint32_t *named, size_t *name,
                      uint64_t *links, size_t *link)
{
    size_t number;
    for (number = 0; number < count; number++) {
        uint64_t distance;
        size_t base;
        if (offsets[number] >= size)
            return -1;
        switch (pack[offsets[number]] >> 4 & 7) {
        case 3:  /* a blob */
            roots[(*root)++] = (uint32_t)number;
            break;
        case 6:  /* a delta, and how far its base is */
            distance = distance_at(pack, size, (size_t)offsets[number]);
            if (!distance || distance > offsets[number])
                return -1;
            base = number_of(offsets, count, offsets[number] - distance);
            if (base == count)
                return -1;
            links[(*link)++] = (uint64_t)base << 32 | number;
            break;
        case 7:  /* a delta, and what its base is called */
            named[(*name)++] = (uint32_t)number;
            break;
        default:
            break;
        }
    }
    qsort(links, *link, sizeof *links, by_number);
    return 0;
}

/* Letters that are sought */

/* In code and prose, the most frequent first. What is not among them is rarer. */
static const char FREQUENT[] = " etaoinsrlcdupm\n\".,/=:-_()fghbyv01;'23<>4586x79{}[]w*AESTCkRINLDPOM";

/* Which of the bytes of a word occurs least. */
static size_t rarest(const unsigned char *word, size_t size)
{
    size_t best = 0, rank = 0, at;
    for (at = 0; at < size; at++) {
        const char *found = word[at] ? strchr(FREQUENT, word[at]) : NULL;
        size_t here = found ? (size_t)(found - FREQUENT) + 1 : sizeof FREQUENT;
        if (here > rank) {
            rank = here;
            best = at;
        }
    }
    return best;
}

/* Where a word of at least one byte stands first, from one offset to another, or -1. Goes from one
   of its rarest bytes to the next, which most often is many times quicker than to go through all;
   where it is not, as the library does, whose time does not depend on what stands there. */
static Py_ssize_t place_of(const unsigned char *data, size_t begin, size_t end,
                           const unsigned char *word, size_t size)
{
    size_t offset = rarest(word, size), at = begin + offset, wrong = 0;

    while (end - begin >= size && at + (size - offset) <= end) {
        const unsigned char *found = memchr(data + at, word[offset], end - (size - offset) + 1 - at);
        if (!found)
            return -1;
        at = (size_t)(found - data);
        if (!memcmp(found - offset, word, size))
            return (Py_ssize_t)(at - offset);
        at++;
        if (++wrong > 64 && wrong * 32 > at - begin) {
            found = memmem(data + at - offset, end - (at - offset), word, size);
            return found ? found - data : -1;
        }
    }
    return -1;
}

/* git's log */

typedef struct {
    uint32_t *numbers;  /* commit, path and blob of each writing */
    size_t count, room;
} Writings;

static int written(Writings *writings, size_t commit, size_t path, size_t blob)
{
    if (writings->count == writings->room) {
        size_t room = writings->room ? 2 * writings->room : 3 * 1024;
        uint32_t *more = realloc(writings->numbers, room * sizeof *more);
        if (!more) {
            PyErr_NoMemory();
            return -1;
        }
        writings->numbers = more;
        writings->room = room;
    }
    writings->numbers[writings->count++] = (uint32_t)commit;
    writings->numbers[writings->count++] = (uint32_t)path;
    writings->numbers[writings->count++] = (uint32_t)blob;
    return 0;
}

/* The number under which a dictionary has it, the next one if it has not yet, or -1. Takes the
   name over. new: a list that gets what is new, or NULL. */
static Py_ssize_t number_in(PyObject *numbers, PyObject *name, PyObject *new)
{
    Py_ssize_t number = -1;
    PyObject *known = name ? PyDict_GetItemWithError(numbers, name) : NULL, *made = NULL;

    if (known) {
        number = PyLong_AsSsize_t(known);
    } else if (name && !PyErr_Occurred()) {
        Py_ssize_t next = PyDict_Size(numbers);
        made = PyLong_FromSsize_t(next);
        if (made && !PyDict_SetItem(numbers, name, made) && !(new && PyList_Append(new, name)))
            number = next;
    }
    Py_XDECREF(made);
    Py_XDECREF(name);
    return number;
}

static int digit_of(unsigned char letter)
{
    if (letter >= '0' && letter <= '9')
        return letter - '0';
    letter |= 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* The bytes that hexadecimal digits say, NULL where they are none. */
static PyObject *bytes_of(const unsigned char *digits, size_t size)
{
    char said[64];
    size_t at;

    for (at = 0; at + 1 < size && at / 2 < sizeof said; at += 2) {
        int high = digit_of(digits[at]), low = digit_of(digits[at + 1]);
        if (high < 0 || low < 0)
            break;
        said[at / 2] = (char)(high << 4 | low);
    }
    if (at != size) {
        PyErr_SetString(PyExc_ValueError, "the log holds a name that is none");
        return NULL;
    }
    return PyBytes_FromStringAndSize(said, (Py_ssize_t)(size / 2));
}

/* What an entry of the log says that was written: the span of its name, an empty one for nothing.
   0, or -1 for what is none. Source: git-diff-tree(1), "Raw output format". */
static int entry_of(const unsigned char *data, size_t begin, size_t end, Span *name)
{
    size_t parents = 0, field = 0, start, at;
    Span mode = {0, 0};

    while (begin + parents < end && data[begin + parents] == ':')
        parents++;
    start = begin + parents;
    name->begin = name->end = start;
    for (at = start; at <= end; at++) {
        if (at < end && data[at] != ' ')
            continue;
        if (field == parents)
            mode.begin = start, mode.end = at;
        if (field == 2 * parents + 1)
            name->begin = start, name->end = at;
        field++;
        start = at + 1;
    }
    if (!parents || field != 2 * parents + 3)
        return -1;
    if (mode.end - mode.begin == 6 && (!memcmp(data + mode.begin, "000000", 6)
                                       || !memcmp(data + mode.begin, "160000", 6)))
        name->end = name->begin;
    return 0;
}

/* Takes in what is whole of a part of the log. Gives behind what, or -1. */
static Py_ssize_t log_of(const unsigned char *data, size_t size, PyObject *paths, PyObject *blobs,
                         size_t commits, PyObject *headers, PyObject *new, Writings *writings)
{
    size_t at = 0, done = 0;

    for (;;) {
        const unsigned char *found = size > at ? memchr(data + at, 0, size - at) : NULL;
        size_t end = found ? (size_t)(found - data) : size, last;
        Span name;
        if (!found)
            return (Py_ssize_t)done;
        if (at < end && data[at] == 1) {
            PyObject *header = PyBytes_FromStringAndSize((const char *)data + at,
                                                         (Py_ssize_t)(end - at));
            int failed = !header || PyList_Append(headers, header);
            Py_XDECREF(header);
            if (failed)
                return -1;
            commits++;
            done = at = end + 1;
            continue;
        }
        while (at < end && data[at] == '\n')
            at++;
        if (at == end) {
            done = at = end + 1;
            continue;
        }
        found = size > end + 1 ? memchr(data + end + 1, 0, size - end - 1) : NULL;
        if (!found)
            return (Py_ssize_t)done;
        last = (size_t)(found - data);
        if (entry_of(data, at, end, &name) || !commits) {
            PyErr_SetString(PyExc_ValueError, "the log holds an entry that is none");
            return -1;
        }
        if (name.end > name.begin) {
            Py_ssize_t blob, path;
            blob = number_in(blobs, bytes_of(data + name.begin, name.end - name.begin), NULL);
            if (blob < 0)
                return -1;
            path = number_in(paths, PyBytes_FromStringAndSize((const char *)data + end + 1,
                                                              (Py_ssize_t)(last - end - 1)), new);
            if (path < 0 || written(writings, commits - 1, (size_t)path, (size_t)blob))
                return -1;
        }
        done = at = last + 1;
    }
}

/* What Python sees */

static PyObject *py_log(PyObject *module, PyObject *args)
{
    Py_buffer data;
    PyObject *paths, *blobs, *headers = PyList_New(0), *new = PyList_New(0), *result = NULL;
    Py_ssize_t commits, done = -1;
    Writings writings = {NULL, 0, 0};

    (void)module;
    if (headers && new
        && PyArg_ParseTuple(args, "y*O!O!n", &data, &PyDict_Type, &paths, &PyDict_Type, &blobs,
                            &commits)) {
        if (commits >= 0)
            done = log_of(data.buf, (size_t)data.len, paths, blobs, (size_t)commits, headers, new,
                          &writings);
        else
            PyErr_SetString(PyExc_ValueError, "less than no commits");
        if (done >= 0)
            result = Py_BuildValue("(nOOy#)", done, headers, new,
                                   writings.numbers ? (const char *)writings.numbers : "",
                                   (Py_ssize_t)(writings.count * sizeof *writings.numbers));
        PyBuffer_Release(&data);
    }
    free(writings.numbers);
    Py_XDECREF(headers);
    Py_XDECREF(new);
    return result;
}

static PyObject *py_apply(PyObject *module, PyObject *args)
{
    Py_buffer base, delta;
    Py_ssize_t most;
    PyObject *result = NULL;
    uint64_t from, to = 0;
    size_t at = 0;

    (void)module;
    if (!PyArg_ParseTuple(args, "y*y*n", &base, &delta, &most))
        return NULL;
    if (read_size(delta.buf, (size_t)delta.len, &at, &from)
        || read_size(delta.buf, (size_t)delta.len, &at, &to) || most < 0 || to > (uint64_t)most)
        PyErr_SetString(PyExc_ValueError, "no delta, or one that makes too much");
    else
        result = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)to);
    /* Nobody else has it yet. */
    if (result && applied(base.buf, (size_t)base.len, delta.buf, (size_t)delta.len,
                          (unsigned char *)PyBytes_AsString(result), (size_t)to)) {
        Py_DECREF(result);
        result = NULL;
        PyErr_SetString(PyExc_ValueError, "no delta of this base");
    }
    PyBuffer_Release(&base);
    PyBuffer_Release(&delta);
    return result;
}

static PyObject *py_find(PyObject *module, PyObject *args)
{
    Py_buffer data, word;
    Py_ssize_t begin, end, found = -1;

    (void)module;
    if (!PyArg_ParseTuple(args, "y*y*nn", &data, &word, &begin, &end))
        return NULL;
    if (end > data.len)
        end = data.len;
    if (begin >= 0 && begin <= end)
        found = word.len ? place_of(data.buf, (size_t)begin, (size_t)end, word.buf, (size_t)word.len)
                         : begin;
    PyBuffer_Release(&data);
    PyBuffer_Release(&word);
    return PyLong_FromSsize_t(found);
}

static PyObject *py_ordered(PyObject *module, PyObject *args)
{
    Py_buffer given;
    PyObject *result = NULL;
    Placed *placed = NULL;
    uint32_t *places = NULL;
    uint64_t *offsets = NULL;
    size_t count, number;

    (void)module;
    if (!PyArg_ParseTuple(args, "y*", &given))
        return NULL;
    count = (size_t)given.len / sizeof *offsets;
    placed = malloc((count + 1) * sizeof *placed);
    places = malloc((count + 1) * sizeof *places);
    offsets = malloc((count + 1) * sizeof *offsets);
    if (!placed || !places || !offsets || count > UINT32_MAX) {
        PyErr_NoMemory();
    } else {
        memcpy(offsets, given.buf, count * sizeof *offsets);
        for (number = 0; number < count; number++) {
            placed[number].offset = offsets[number];
            placed[number].place = number;
        }
        qsort(placed, count, sizeof *placed, by_offset);
        for (number = 0; number < count; number++) {
            offsets[number] = placed[number].offset;
            places[number] = (uint32_t)placed[number].place;
        }
        result = Py_BuildValue("(y#y#)", (const char *)places,
                               (Py_ssize_t)(count * sizeof *places), (const char *)offsets,
                               (Py_ssize_t)(count * sizeof *offsets));
    }
    free(placed);
    free(places);
    free(offsets);
    PyBuffer_Release(&given);
    return result;
}

static PyObject *py_structure(PyObject *module, PyObject *args)
{
    Py_buffer pack, given;
    PyObject *result = NULL;
    uint64_t *offsets = NULL, *links = NULL;
    uint32_t *roots = NULL, *named = NULL;
    size_t count, root = 0, name = 0, link = 0;

    (void)module;
    if (!PyArg_ParseTuple(args, "y*y*", &pack, &given))
        return NULL;
    count = (size_t)given.len / sizeof *offsets;
    offsets = malloc((count + 1) * sizeof *offsets);
    links = malloc((count + 1) * sizeof *links);
    roots = malloc((count + 1) * sizeof *roots);
    named = malloc((count + 1) * sizeof *named);
    if (!offsets || !links || !roots || !named || count > UINT32_MAX) {
        PyErr_NoMemory();
    } else {
        memcpy(offsets, given.buf, count * sizeof *offsets);
        if (sorted_out(pack.buf, (size_t)pack.len, offsets, count, roots, &root, named, &name,
                       links, &link))
            PyErr_SetString(PyExc_ValueError, "a pack that is damaged");
        else
            result = Py_BuildValue("(y#y#y#)", (const char *)roots,
                                   (Py_ssize_t)(root * sizeof *roots), (const char *)named,
                                   (Py_ssize_t)(name * sizeof *named), (const char *)links,
                                   (Py_ssize_t)(link * sizeof *links));
    }
    free(offsets);
    free(links);
    free(roots);
    free(named);
    PyBuffer_Release(&pack);
    PyBuffer_Release(&given);
    return result;
}

static int table_of(const Py_buffer *view, uint64_t *mask)
{
    size_t slots = (size_t)view->len / sizeof(uint64_t);
    if (slots < 2 || slots & (slots - 1) || (uintptr_t)view->buf % sizeof(uint64_t)) {
        PyErr_SetString(PyExc_ValueError, "a table has a power of two of slots of eight bytes");
        return -1;
    }
    *mask = slots - 1;
    return 0;
}

static PyObject *py_fresh(PyObject *module, PyObject *args)
{
    Py_buffer content, delta, table, given, keys;
    unsigned long long sort, tree;
    Work work;
    int failed = -1;

    (void)module;
    if (!PyArg_ParseTuple(args, "y*y*y*w*y*KK", &content, &delta, &table, &given, &keys, &sort,
                          &tree))
        return NULL;
    memset(&work, 0, sizeof work);
    if ((uint64_t)content.len >= UINT32_MAX)
        PyErr_SetString(PyExc_ValueError, "a content of four gigabytes or more");
    else if ((size_t)keys.len != KEYS * sizeof(Wide))
        PyErr_SetString(PyExc_ValueError, "another number of random numbers");
    else if (!table_of(&table, &work.mask) && !table_of(&given, &work.given_mask)
             && (work.found = PyList_New(0))) {
        work.data = content.buf;
        work.size = (size_t)content.len;
        work.table = table.buf;
        work.given = given.buf;
        work.keys = keys.buf;
        work.sort = sort;
        work.tree = tree;
        failed = delta.len ? what_is_new(&work, delta.buf, (size_t)delta.len) : all_of_it(&work);
        failed = failed || look_at_those(&work, 0) || close_piece(&work);
    }
    free(work.entries);
    PyBuffer_Release(&content);
    PyBuffer_Release(&delta);
    PyBuffer_Release(&table);
    PyBuffer_Release(&given);
    PyBuffer_Release(&keys);
    if (failed) {
        Py_XDECREF(work.found);
        return NULL;
    }
    return work.found;
}

static Entry entry_at(const Py_buffer *entries, Py_ssize_t number)
{
    Entry entry;
    memcpy(&entry, (const char *)entries->buf + (size_t)number * sizeof entry, sizeof entry);
    return entry;
}

static int by_begin(const void *one, const void *other)
{
    const Span *a = one, *b = other;
    return a->begin < b->begin ? -1 : a->begin > b->begin;
}

/* The spans of a list, in order, those that meet made one. NULL for what is no list of them. */
static Span *spans_of(PyObject *list, size_t *count)
{
    size_t size = (size_t)PyList_Size(list), number, last = 0;
    Span *spans = malloc((size + 1) * sizeof *spans);

    if (!spans) {
        PyErr_NoMemory();
        return NULL;
    }
    for (number = 0; number < size; number++) {
        Py_ssize_t begin, end;
        PyObject *item = PyList_GetItem(list, (Py_ssize_t)number);
        if (!item || !PyArg_ParseTuple(item, "nn", &begin, &end)) {
            free(spans);
            return NULL;
        }
        spans[number].begin = begin < 0 ? 0 : (size_t)begin;
        spans[number].end = end < 0 ? 0 : (size_t)end;
    }
    qsort(spans, size, sizeof *spans, by_begin);
    for (number = 1; number < size; number++) {
        if (spans[number].begin > spans[last].end)
            spans[++last] = spans[number];
        else if (spans[number].end > spans[last].end)
            spans[last].end = spans[number].end;
    }
    *count = size ? last + 1 : 0;
    return spans;
}

/* Whether a line touches one of the spans. */
static int meets(const Entry *entry, const Span *spans, size_t count)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (spans[middle].end < entry->begin)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && spans[low].begin <= entry->end;
}

static PyObject *py_learn(PyObject *module, PyObject *args)
{
    Py_buffer table, entries;
    PyObject *marked;
    Span *spans = NULL;
    size_t count = 0;
    uint64_t mask;

    (void)module;
    if (!PyArg_ParseTuple(args, "w*y*O!", &table, &entries, &PyList_Type, &marked))
        return NULL;
    if (!table_of(&table, &mask) && (spans = spans_of(marked, &count))) {
        uint64_t *slots = table.buf;
        Py_ssize_t number, lines = entries.len / (Py_ssize_t)sizeof(Entry);
        for (number = 0; number < lines; number++) {
            Entry entry = entry_at(&entries, number);
            if (number + AHEAD < lines)
                fetch(slots, entry_at(&entries, number + AHEAD).key & mask);
            if (!meets(&entry, spans, count) && entry.key)
                keep(slots, mask, entry.key);
        }
        /* The same line may stand there twice: what holds something comes last. */
        for (number = 0; number < lines && count; number++) {
            Entry entry = entry_at(&entries, number);
            if (meets(&entry, spans, count))
                forget(slots, mask, entry.key);
        }
    }
    PyBuffer_Release(&table);
    PyBuffer_Release(&entries);
    if (!spans)
        return NULL;
    free(spans);
    Py_RETURN_NONE;
}

static PyMethodDef METHODS[] = {
    {"fresh", py_fresh, METH_VARARGS,
     "fresh(content, delta, table, given, keys, sort, tree): pieces to look at, each (begin, end,"
     " ragged, lines)"},
    {"apply", py_apply, METH_VARARGS,
     "apply(base, delta, most): what the delta makes of its base, if that is not more than most"},
    {"find", py_find, METH_VARARGS,
     "find(data, word, begin, end): where it stands first, -1 if nowhere; none of them below 0"},
    {"log", py_log, METH_VARARGS,
     "log(data, paths, blobs, commits): take in what is whole of it; behind what, headers, new paths,"
     " and commit, path and blob of each writing"},
    {"ordered", py_ordered, METH_VARARGS,
     "ordered(offsets): their places in order, and they themselves"},
    {"structure", py_structure, METH_VARARGS,
     "structure(pack, offsets): numbers of whole blobs, of deltas whose base is named, and links"},
    {"learn", py_learn, METH_VARARGS,
     "learn(table, lines, spans): know these lines but for those that meet one of the spans"},
    {NULL, NULL, 0, NULL},
};

static int filled(PyObject *module)
{
    return PyModule_AddStringConstant(module, "SOURCE", NATIVE_SOURCE)
           || PyModule_AddIntConstant(module, "KEYS", KEYS * sizeof(Wide));
}

static PyModuleDef_Slot SLOTS[] = {{Py_mod_exec, filled}, {0, NULL}};

static PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_native", "The native part of a search.", 0, METHODS, SLOTS,
    NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__native(void)
{
    return PyModuleDef_Init(&MODULE);
}
