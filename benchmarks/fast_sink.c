/* An SMTP sink that is not what limits a sender: one thread, epoll, PIPELINING, CHUNKING; it keeps nothing and counts.
 *
 * cc -O2 -o fast_sink fast_sink.c; ./fast_sink PORT [DELAY_MS] [NO_CHUNKING]
 * On SIGTERM it prints one line: messages, octets of their contents as they came, recipients, connections.
 * With DELAY_MS each reply leaves so much later than its command came, as on a long way; commands are read meanwhile. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 1024
#define ROOM (1 << 18)

enum { COMMANDS, CONTENT, CHUNK };

typedef struct { int fd, what, tail_len; size_t line_len, out_len; uint64_t left; int last; char line[2048], tail[5], out[65536]; } Client;
typedef struct { uint64_t due; int fd, len; unsigned turn; char text[512]; } Later;

static Client *clients[65536];
static unsigned turns[65536];
static Later *queue; static size_t head, tail, room = 1 << 16;
static uint64_t delay, messages, octets, recipients, connections;
static int chunking = 1;
static volatile sig_atomic_t over;

static uint64_t now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000ull + t.tv_nsec / 1000; }
static void end(int signal) { (void)signal; over = 1; }

static void hang_up(Client *c) { turns[c->fd]++; clients[c->fd] = NULL; close(c->fd); free(c); }

static void say(Client *c, const char *text) {
    size_t len = strlen(text);
    if (c->out_len + len < sizeof c->out) { memcpy(c->out + c->out_len, text, len); c->out_len += len; }
}

/* What was said while one read was looked at leaves together: now, or later. */
static void flush(Client *c) {
    if (!c->out_len) return;
    if (!delay) { if (send(c->fd, c->out, c->out_len, MSG_NOSIGNAL) < 0) {} c->out_len = 0; return; }
    for (size_t at = 0; at < c->out_len;) {
        Later *l = &queue[tail++ % room];
        size_t len = c->out_len - at < sizeof l->text ? c->out_len - at : sizeof l->text;
        l->due = now() + delay; l->fd = c->fd; l->turn = turns[c->fd]; l->len = (int)len;
        memcpy(l->text, c->out + at, len); at += len;
    }
    c->out_len = 0;
}

static void command(Client *c, char *line) {
    if (!strncasecmp(line, "EHLO", 4)) {
        say(c, "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n");
        say(c, chunking ? "250 CHUNKING\r\n" : "250 ENHANCEDSTATUSCODES\r\n");
    } else if (!strncasecmp(line, "RCPT", 4)) { recipients++; say(c, "250 2.1.5 Ok\r\n"); }
    else if (!strncasecmp(line, "DATA", 4)) { say(c, "354 End data with <CR><LF>.<CR><LF>\r\n"); c->what = CONTENT; memcpy(c->tail, "\r\n", 2); c->tail_len = 2; }
    else if (!strncasecmp(line, "BDAT", 4)) {
        char *rest; c->left = strtoull(line + 4, &rest, 10); c->last = strcasestr(rest, "LAST") != NULL; c->what = CHUNK;
    } else if (!strncasecmp(line, "QUIT", 4)) say(c, "221 2.0.0 Bye\r\n");
    else say(c, "250 2.0.0 Ok\r\n");
}

static void taken(Client *c, const char *words) { char text[80]; snprintf(text, sizeof text, "250 2.0.0 Ok: queued as %llX\r\n", (unsigned long long)messages); (void)words; messages++; say(c, text); }

/* The content up to the final dot; how much of the data was it. */
static size_t content(Client *c, const char *data, size_t len) {
    char seam[16]; size_t look = len < 5 ? len : 5;
    memcpy(seam, c->tail, c->tail_len); memcpy(seam + c->tail_len, data, look);
    char *found = memmem(seam, c->tail_len + look, "\r\n.\r\n", 5);
    size_t used = 0;
    if (found) used = (size_t)(found - seam) + 5 - c->tail_len;
    else { char *far = memmem(data, len, "\r\n.\r\n", 5); if (far) { found = far; used = (size_t)(far - data) + 5; } }
    if (found) { octets += used; c->what = COMMANDS; taken(c, ""); return used; }
    char kept[16]; size_t have = c->tail_len + (len < 4 ? len : 4);
    if (len >= 4) { memcpy(c->tail, data + len - 4, 4); c->tail_len = 4; }
    else { memcpy(kept, c->tail, c->tail_len); memcpy(kept + c->tail_len, data, len); c->tail_len = have < 4 ? have : 4; memcpy(c->tail, kept + have - c->tail_len, c->tail_len); }
    octets += len;
    return len;
}

static void take(Client *c, const char *data, size_t len) {
    while (len || (c->what == CHUNK && !c->left)) {
        size_t used;
        if (c->what == CONTENT) used = content(c, data, len);
        else if (c->what == CHUNK) {
            used = c->left < len ? c->left : len; c->left -= used; octets += used;
            if (!c->left) { c->what = COMMANDS; if (c->last) taken(c, ""); else say(c, "250 2.0.0 Ok\r\n"); }
        } else {
            const char *eol = memchr(data, '\n', len);
            used = eol ? (size_t)(eol - data) + 1 : len;
            size_t fits = sizeof c->line - 1 - c->line_len; if (fits > used) fits = used;
            memcpy(c->line + c->line_len, data, fits); c->line_len += fits;
            if (eol) { c->line[c->line_len] = 0; c->line_len = 0; command(c, c->line); }
        }
        data += used; len -= used;
    }
    flush(c);
}

int main(int argc, char **argv) {
    int port = atoi(argv[1]), one = 1; delay = argc > 2 ? strtoull(argv[2], NULL, 10) * 1000 : 0; chunking = argc < 4;
    queue = malloc(room * sizeof *queue); static char data[ROOM];
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), poll = epoll_create1(0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 512)) { perror("bind"); return 1; }
    struct epoll_event wanted = {.events = EPOLLIN, .data.fd = listener}, found[MOST];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &wanted);
    struct sigaction ending = {.sa_handler = end}; sigaction(SIGTERM, &ending, NULL); sigaction(SIGINT, &ending, NULL);
    while (!over) {
        int wait = -1; uint64_t time = delay ? now() : 0;
        for (; head < tail && queue[head % room].due <= time; head++) {
            Later *l = &queue[head % room];
            if (clients[l->fd] && turns[l->fd] == l->turn && send(l->fd, l->text, l->len, MSG_NOSIGNAL) < 0) {}
        }
        if (head < tail) { uint64_t due = queue[head % room].due; wait = due > time ? (int)((due - time) / 1000 + 1) : 0; }
        int count = epoll_wait(poll, found, MOST, wait);
        for (int n = 0; n < count; n++) {
            int fd = found[n].data.fd;
            if (fd == listener) {
                int fresh;
                while ((fresh = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    Client *c = calloc(1, sizeof *c); c->fd = fresh; clients[fresh] = c; connections++;
                    setsockopt(fresh, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                    wanted.data.fd = fresh; epoll_ctl(poll, EPOLL_CTL_ADD, fresh, &wanted);
                    say(c, "220 sink ESMTP\r\n"); flush(c);
                }
                continue;
            }
            ssize_t len = recv(fd, data, sizeof data, 0);
            if (len > 0) take(clients[fd], data, (size_t)len);
            else if (len == 0 || errno != EAGAIN) hang_up(clients[fd]);
        }
    }
    printf("%llu messages, %llu octets, %llu recipients, %llu connections\n", (unsigned long long)messages, (unsigned long long)octets, (unsigned long long)recipients, (unsigned long long)connections);
    return 0;
}
