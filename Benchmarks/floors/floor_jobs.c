// The whole runtime's physical limit, in C: the jobs HTTP API on libuv + llhttp, a timing wheel, a durable
// store with group commit on a thread, and a keep-alive client pool that triggers POST /job/NAME.
// It speaks only what the harness needs (one-shot jobs; plain names; no repeats, retries or clustering).
// usage: floor_jobs PORT APP_PORT mem|log|rocks [DATA_DIR] [APP_CONNS=64]
//   mem: nothing survives; log: an append-only file, one fdatasync a group (never compacted here);
//   rocks: RocksDB, two keys a job (by name, by due time), one synced batch a group
#include "uvhttp.h"
#include "wheel.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <rocksdb/c.h>
#include <time.h>
#include <unistd.h>

typedef struct job { int64_t due; uint32_t hash, name_len, body_len; char data[]; } job;  // data: name, NUL, body
typedef struct op { struct op *next; uh_conn *conn; uint8_t kind; int64_t due; job *j; } op;  // kind: 'P'ut or 'D'elete
typedef struct { uv_tcp_t tcp; uv_connect_t con; uv_write_t wr; llhttp_t p; uint32_t id; int up, keep; char buf[2048]; } client;

static uv_loop_t *loop;
static wheel w;
static job **jobs;          // by timer id
static uint32_t *table, *free_ids, *ready;  // hash table of ids; free list; ring of due ids
static size_t cap, used, nfree, tcap, head, tail, rcap;
static uv_timer_t timer;
static uv_async_t committed;
static int app_port, store, nclients;  // store: 0 mem, 2 log, 3 rocks
static client *clients;
static uint32_t *idle;
static int nidle;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cv = PTHREAD_COND_INITIALIZER;
static op *q_head, **q_tail = &q_head, *done_head, **done_tail = &done_head;
static int log_fd;
static rocksdb_t *rdb;
static llhttp_settings_t cset;

static int64_t real_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}
static uint32_t hash_of(const char *s, size_t n) {
  uint64_t h = 1469598103934665603ull;
  for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)s[i]) * 1099511628211ull;
  return (uint32_t)(h ^ h >> 32);
}
static size_t slot_of(const char *name, size_t n, uint32_t h) {  // where it is, or the empty slot where it would be
  size_t i = h & (tcap - 1);
  for (; table[i]; i = (i + 1) & (tcap - 1)) {
    job *j = jobs[table[i]];
    if (j->hash == h && j->name_len == n && !memcmp(j->data, name, n)) break;
  }
  return i;
}
static void table_erase(size_t i) {  // backward-shift deletion
  for (size_t k = i;;) {
    table[i] = 0;
    for (;;) {
      k = (k + 1) & (tcap - 1);
      if (!table[k]) return;
      size_t home = jobs[table[k]]->hash & (tcap - 1);
      if (i <= k ? (home <= i || home > k) : (home <= i && home > k)) break;
    }
    table[i] = table[k];
    i = k;
  }
}
static uint32_t new_id(void) {
  if (nfree) return free_ids[--nfree];
  if (used == cap) {
    cap = cap ? cap * 2 : 4096;
    w.n = realloc(w.n, cap * sizeof *w.n);
    jobs = realloc(jobs, cap * sizeof *jobs);
    free_ids = realloc(free_ids, cap * sizeof *free_ids);
  }
  return (uint32_t)used++;
}
static void table_grow(void) {
  size_t old = tcap;
  uint32_t *t = table;
  table = calloc(tcap = tcap ? tcap * 2 : 8192, sizeof *table);
  for (size_t i = 0; i < old; i++)
    if (t[i]) {
      size_t k = jobs[t[i]]->hash & (tcap - 1);
      while (table[k]) k = (k + 1) & (tcap - 1);
      table[k] = t[i];
    }
  free(t);
}
static void arm(void);
static void enqueue(uint8_t kind, uh_conn *c, int64_t due, job *j) {
  op *o = malloc(sizeof *o);
  *o = (op){0, c, kind, due, j};
  if (c) uh_hold(c);
  pthread_mutex_lock(&mu);
  int was_empty = !q_head;
  *q_tail = o;
  q_tail = &o->next;
  if (was_empty) pthread_cond_signal(&cv);
  pthread_mutex_unlock(&mu);
}
static job *put(const char *name, size_t nn, const char *body, size_t nb, int64_t due) {
  if ((used - nfree) * 2 > tcap) table_grow();
  job *j = malloc(sizeof *j + nn + 1 + nb);
  *j = (job){due, hash_of(name, nn), (uint32_t)nn, (uint32_t)nb};
  memcpy(j->data, name, nn);
  j->data[nn] = 0;
  memcpy(j->data + nn + 1, body, nb);
  size_t i = slot_of(name, nn, j->hash);
  uint32_t id = table[i];
  if (id) {
    wheel_cancel(&w, id);
    if (store) enqueue('D', 0, 0, jobs[id]);
    else free(jobs[id]);
  } else id = new_id();
  jobs[id] = j;
  table[i] = id;
  wheel_insert(&w, id, (uint64_t)due);
  return j;
}
static job *take(uint32_t id) {  // off the table; not off the wheel
  job *j = jobs[id];
  table_erase(slot_of(j->data, j->name_len, j->hash));
  free_ids[nfree++] = id;
  return j;
}
static size_t due_key(char *k, const job *j) {  // 'd', due time (big-endian), name: its order is the order of due times
  k[0] = 'd';
  uint64_t v = __builtin_bswap64((uint64_t)j->due);
  memcpy(k + 1, &v, 8);
  memcpy(k + 9, j->data, j->name_len);
  return 9 + j->name_len;
}
static void *committer(void *x) {
  (void)x;
  rocksdb_writebatch_t *wb = rocksdb_writebatch_create();
  rocksdb_writeoptions_t *synced = rocksdb_writeoptions_create();
  rocksdb_writeoptions_set_sync(synced, 1);
  char nk[UH_URL + 2], dk[UH_URL + 10];
  size_t cap_b = 1 << 20;
  char *b = malloc(cap_b);
  for (;;) {
    pthread_mutex_lock(&mu);
    while (!q_head) pthread_cond_wait(&cv, &mu);
    op *batch = q_head;
    q_head = 0;
    q_tail = &q_head;
    pthread_mutex_unlock(&mu);
    size_t n = 0;
    op **end = &batch;
    for (op *o = batch; o; end = &o->next, o = o->next) {
      job *j = o->j;
      if (store == 3) {
        size_t dl = due_key(dk, j);
        nk[0] = 'n';
        memcpy(nk + 1, j->data, j->name_len);
        if (o->kind == 'P') {
          rocksdb_writebatch_put(wb, nk, j->name_len + 1, j->data + j->name_len + 1, j->body_len);
          rocksdb_writebatch_put(wb, dk, dl, "", 0);
        } else {
          rocksdb_writebatch_delete(wb, nk, j->name_len + 1);
          rocksdb_writebatch_delete(wb, dk, dl);
        }
      } else {
        uint32_t nb = o->kind == 'P' ? j->body_len : 0;
        size_t need = 17 + j->name_len + nb;
        if (n + need > cap_b) b = realloc(b, cap_b = (n + need) * 2);
        b[n] = (char)o->kind;
        memcpy(b + n + 1, &j->name_len, 4);
        memcpy(b + n + 5, &nb, 4);
        memcpy(b + n + 9, &o->due, 8);
        memcpy(b + n + 17, j->data, j->name_len);
        memcpy(b + n + 17 + j->name_len, j->data + j->name_len + 1, nb);
        n += need;
      }
    }
    if (store == 3) {
      char *err = 0;
      rocksdb_write(rdb, synced, wb, &err);
      if (err) { fprintf(stderr, "%s\n", err); exit(1); }
      rocksdb_writebatch_clear(wb);
    } else if (write(log_fd, b, n) != (ssize_t)n || fdatasync(log_fd)) { perror("log"); exit(1); }
    pthread_mutex_lock(&mu);
    *done_tail = batch;
    done_tail = end;
    pthread_mutex_unlock(&mu);
    uv_async_send(&committed);
  }
}
static void on_committed(uv_async_t *a) {
  (void)a;
  pthread_mutex_lock(&mu);
  op *o = done_head;
  done_head = 0;
  done_tail = &done_head;
  pthread_mutex_unlock(&mu);
  while (o) {
    op *next = o->next;
    if (o->kind == 'D') free(o->j);
    if (o->conn) { uh_reply(o->conn, 204, 0, 0); uh_flush(o->conn); uh_drop(o->conn); }
    free(o);
    o = next;
  }
}
// --- triggering
static void dispatch(void);
static void c_sent(uv_write_t *r, int st) { (void)r; (void)st; }
static void trigger(client *c, uint32_t id) {
  static char none[] = "null";
  job *j = jobs[id];
  char *body = j->data + j->name_len + 1, *d = memmem(body, j->body_len, "\"data\":", 7);
  size_t n = 4;
  if (d) {  // the value of data: an object here
    d += 7;
    int depth = 0;
    for (n = 0; d + n < body + j->body_len; n++) {
      if (d[n] == '{') depth++;
      if (d[n] == '}' && --depth == 0) { n++; break; }
    }
  } else d = none;
  c->id = id;
  int k = snprintf(c->buf, sizeof c->buf, "POST /job/%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%.*s", j->data, app_port, n, (int)n, d);
  uv_buf_t b = uv_buf_init(c->buf, (unsigned)k);
  int wn = uv_try_write((uv_stream_t *)&c->tcp, &b, 1);
  if (wn == k) return;
  if (wn < 0) wn = 0;
  b = uv_buf_init(c->buf + wn, (unsigned)(k - wn));
  uv_write(&c->wr, (uv_stream_t *)&c->tcp, &b, 1, c_sent);
}
static int c_done(llhttp_t *p) {
  client *c = p->data;
  if (p->status_code / 100 != 2) return 0;  // a real runtime would retry
  job *j = take(c->id);
  if (store) enqueue('D', 0, 0, j);
  else free(j);
  idle[nidle++] = (uint32_t)(c - clients);
  return 0;
}
static void c_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b) {
  client *c = s->data;
  if (n < 0) { fprintf(stderr, "app connection: %s\n", uv_strerror((int)n)); exit(1); }
  if (n > 0) { llhttp_execute(&c->p, b->base, (size_t)n); dispatch(); }
}
static void c_connected(uv_connect_t *r, int st) {
  client *c = r->data;
  if (st) { fprintf(stderr, "app: %s\n", uv_strerror(st)); exit(1); }
  uv_tcp_nodelay(&c->tcp, 1);
  uv_read_start((uv_stream_t *)&c->tcp, uh_alloc, c_read);
  c->up = 2;
  idle[nidle++] = (uint32_t)(c - clients);
  dispatch();
}
static void dispatch(void) {
  while (head != tail) {
    if (!nidle) {
      for (int i = 0; i < nclients; i++)
        if (!clients[i].up) {  // connections are opened at the first need
          client *c = &clients[i];
          struct sockaddr_in a;
          uv_ip4_addr("127.0.0.1", app_port, &a);
          uv_tcp_init(loop, &c->tcp);
          c->tcp.data = c->con.data = c;
          llhttp_init(&c->p, HTTP_RESPONSE, &cset);
          c->p.data = c;
          c->up = 1;
          uv_tcp_connect(&c->con, &c->tcp, (struct sockaddr *)&a, c_connected);
        }
      return;
    }
    trigger(&clients[idle[--nidle]], ready[head++ % rcap]);
  }
}
static void on_due(uint32_t id) {
  if (tail - head == rcap) {
    size_t m = rcap ? rcap * 2 : 4096;
    uint32_t *r = malloc(m * sizeof *r);
    for (size_t i = head; i < tail; i++) r[i % m] = ready[i % rcap];
    free(ready);
    ready = r;
    rcap = m;
  }
  ready[tail++ % rcap] = id;
}
static void on_timer(uv_timer_t *t) {
  (void)t;
  wheel_advance(&w, (uint64_t)real_ms(), on_due);
  dispatch();
  arm();
}
static void arm(void) {
  uint32_t h;
  uint64_t t = wheel_next(&w, &h);
  if (t == WHEEL_NEVER) { uv_timer_stop(&timer); return; }
  uv_update_time(loop);
  int64_t in = (int64_t)t - real_ms();
  uv_timer_start(&timer, on_timer, in > 0 ? (uint64_t)in : 0, 0);
}
// --- the API
static int64_t parse_due(const char *body) {
  const char *p = strstr(body, "\"dueTime\":\"");
  if (!p) return real_ms();
  p += 11;
  struct tm tm = {0};
  int ms = 0;
  if (p[4] == '-') {
    const char *r = strptime(p, "%Y-%m-%dT%H:%M:%S", &tm);
    if (!r) return -1;
    if (*r == '.') ms = (int)(strtod(r, 0) * 1000 + 0.5);
    return (int64_t)timegm(&tm) * 1000 + ms;
  }
  double total = 0;
  for (char *e; *p && *p != '"'; p = e) {
    double v = strtod(p, &e);
    if (e == p) return -1;
    if (!strncmp(e, "ms", 2)) { total += v; e += 2; }
    else if (*e == 's') { total += v * 1000; e++; }
    else if (*e == 'm') { total += v * 60000; e++; }
    else if (*e == 'h') { total += v * 3600000; e++; }
    else return -1;
  }
  return real_ms() + (int64_t)(total + 0.5);
}
static void answer(uh_conn *c, int method, const char *url, const char *body, size_t n) {
  static const char pre[] = "/v1.0-alpha1/jobs/";
  if (strncmp(url, pre, sizeof pre - 1)) { uh_reply(c, strstr(url, "health") ? 204 : 404, 0, 0); return; }
  const char *name = url + sizeof pre - 1;
  size_t nn = strlen(name);
  if (method == HTTP_POST) {
    int64_t due = parse_due(body);
    if (due < 0 || !nn) { uh_reply(c, 400, 0, 0); return; }
    uint32_t h;
    uint64_t before = wheel_next(&w, &h);
    job *j = put(name, nn, body, n, due);
    if (wheel_next(&w, &h) < before) arm();
    if (store) enqueue('P', c, due, j);
    else uh_reply(c, 204, 0, 0);
    return;
  }
  if (!tcap) { uh_reply(c, 404, 0, 0); return; }
  uint32_t id = table[slot_of(name, nn, hash_of(name, nn))];
  if (!id) { uh_reply(c, 404, 0, 0); return; }
  job *j = jobs[id];
  if (method == HTTP_GET) uh_reply(c, 200, j->data + j->name_len + 1, j->body_len);
  else {
    wheel_cancel(&w, id);
    take(id);
    if (store) enqueue('D', c, 0, j);
    else { free(j); uh_reply(c, 204, 0, 0); }
  }
}
static void load(const char *dir) {
  char path[1024];
  if (store == 3) {
    char *err = 0;
    rocksdb_options_t *base = rocksdb_options_create(), *o = rocksdb_options_create();
    snprintf(path, sizeof path, "%s/rocks", dir);
    rocksdb_options_set_create_if_missing(base, 1);
    const char *opt = getenv("ROCKS_OPTIONS");
    rocksdb_get_options_from_string(base, opt ? opt : "write_buffer_size=8388608;avoid_flush_during_recovery=true;max_background_jobs=2", o, &err);
    if (!err) rdb = rocksdb_open(o, path, &err);
    if (err) { fprintf(stderr, "%s\n", err); exit(1); }
    rocksdb_readoptions_t *ro = rocksdb_readoptions_create();
    rocksdb_iterator_t *it = rocksdb_create_iterator(rdb, ro);
    for (rocksdb_iter_seek(it, "d", 1); rocksdb_iter_valid(it); rocksdb_iter_next(it)) {
      size_t kl, vl;
      const char *k = rocksdb_iter_key(it, &kl);
      if (*k != 'd') break;
      char nk[UH_URL + 2] = "n";
      uint64_t due;
      memcpy(&due, k + 1, 8);
      memcpy(nk + 1, k + 9, kl - 9);
      char *v = rocksdb_get(rdb, ro, nk, kl - 8, &vl, &err);
      if (err) { fprintf(stderr, "%s\n", err); exit(1); }
      if (v) put(nk + 1, kl - 9, v, vl, (int64_t)__builtin_bswap64(due));
      rocksdb_free(v);
    }
    rocksdb_iter_destroy(it);
  } else {
    snprintf(path, sizeof path, "%s/jobs.log", dir);
    log_fd = open(path, O_CREAT | O_RDWR | O_APPEND, 0600);
    FILE *f = fdopen(dup(log_fd), "r");
    rewind(f);
    char hd[17], name[UH_URL + 1], body[UH_BODY];
    while (fread(hd, 1, sizeof hd, f) == sizeof hd) {
      uint32_t nn, nb;
      int64_t due;
      memcpy(&nn, hd + 1, 4); memcpy(&nb, hd + 5, 4); memcpy(&due, hd + 9, 8);
      if (nn > UH_URL || nb > UH_BODY || fread(name, 1, nn, f) != nn || fread(body, 1, nb, f) != nb) break;
      if (hd[0] == 'P') put(name, nn, body, nb, due);
      else if (tcap) {
        uint32_t id = table[slot_of(name, nn, hash_of(name, nn))];
        if (id) { wheel_cancel(&w, id); free(take(id)); }
      }
    }
    fclose(f);
  }
}
int main(int argc, char **argv) {
  uv_tcp_t server;
  pthread_t th;
  signal(SIGPIPE, SIG_IGN);
  if (argc < 4) return 2;
  loop = uv_default_loop();
  app_port = atoi(argv[2]);
  store = !strcmp(argv[3], "log") ? 2 : !strcmp(argv[3], "rocks") ? 3 : 0;
  nclients = argc > 5 ? atoi(argv[5]) : 64;
  clients = calloc((size_t)nclients, sizeof *clients);
  idle = calloc((size_t)nclients, sizeof *idle);
  llhttp_settings_init(&cset);
  cset.on_message_complete = c_done;
  w.n = malloc((cap = 8192) * sizeof *w.n);
  jobs = malloc(cap * sizeof *jobs);
  free_ids = malloc(cap * sizeof *free_ids);
  used = WHEEL_HEADS;
  wheel_init(&w, w.n, (uint64_t)real_ms());
  uv_timer_init(loop, &timer);
  uv_async_init(loop, &committed, on_committed);
  if (store) { load(argv[4]); pthread_create(&th, 0, committer, 0); }
  arm();
  if (uh_listen(loop, &server, atoi(argv[1]), answer)) return 1;
  return uv_run(loop, UV_RUN_DEFAULT);
}
