// A disk that fails: preloaded into the program, it counts what is done to files under one folder
// and lets the nth of it fail. Environment: FAULT_UNDER (folder), FAULT_AT (n, from 1; 0: only
// count), FAULT_KIND (eio: that one; full: that one and all that would take room after it; short:
// half of that write, then as full), FAULT_TOLD (a file that the count and the fault are told in).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long count;
static atomic_int full;
static char under[PATH_MAX], told[PATH_MAX];
static size_t under_size;
static long at;
static int kind;  // 'e', 'f', 's'

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (!found) abort();
  return found;
}

static void tell(const char *what, const char *path, long n) {
  char line[PATH_MAX + 64];
  const int size = snprintf(line, sizeof line, "%ld %s %s\n", n, what, path);
  const int fd = (int)REAL(open)(told, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return;
  if (REAL(write)(fd, line, (size_t)size) != size) abort();
  close(fd);
}

__attribute__((constructor)) static void begin(void) {
  const char *folder = getenv("FAULT_UNDER"), *n = getenv("FAULT_AT"), *how = getenv("FAULT_KIND"),
             *file = getenv("FAULT_TOLD");
  if (!folder || !file) return;
  snprintf(under, sizeof under, "%s", folder);
  snprintf(told, sizeof told, "%s", file);
  at = n ? atol(n) : 0;
  kind = how ? how[0] : 'e';
  under_size = strlen(under);
}

__attribute__((destructor)) static void end(void) {
  if (under_size > 0) tell("in all", "", atomic_load(&count));
}

// 0: go on. 'e': fail. 's': write half, and be full from then on. `room`: it would take room.
static int fails(const char *what, const char *path, int room) {
  if (under_size == 0 || strncmp(path, under, under_size) != 0) return 0;
  const long n = atomic_fetch_add(&count, 1) + 1;
  if (at == 0) return 0;
  if (n == at) {
    tell(what, path, n);
    if (kind != 'e') atomic_store(&full, 1);
    if (kind == 's' && room && !strcmp(what, "write")) return 's';
    if (kind == 'e' || room) return 'e';
    return 0;
  }
  return atomic_load(&full) && room ? 'e' : 0;
}
static int fails_fd(const char *what, int fd, int room) {
  if (under_size == 0) return 0;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t size = readlink(link, path, sizeof path - 1);
  if (size <= 0) return 0;
  path[size] = 0;
  return fails(what, path, room);
}
static int refuse(void) {
  errno = kind == 'e' ? EIO : ENOSPC;
  return -1;
}

ssize_t write(int fd, const void *bytes, size_t size) {
  const int how = fails_fd("write", fd, 1);
  if (how == 'e') return refuse();
  return REAL(write)(fd, bytes, how == 's' && size > 1 ? size / 2 : size);
}
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset) {
  const int how = fails_fd("write", fd, 1);
  if (how == 'e') return refuse();
  return REAL(pwrite64)(fd, bytes, how == 's' && size > 1 ? size / 2 : size, offset);
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset) {
  return pwrite64(fd, bytes, size, offset);
}
ssize_t writev(int fd, const struct iovec *parts, int n) {
  return fails_fd("write", fd, 1) ? refuse() : REAL(writev)(fd, parts, n);
}
int fsync(int fd) { return fails_fd("fsync", fd, 0) ? refuse() : REAL(fsync)(fd); }
int fdatasync(int fd) { return fails_fd("fsync", fd, 0) ? refuse() : REAL(fdatasync)(fd); }
int ftruncate64(int fd, off64_t size) {
  return fails_fd("ftruncate", fd, 0) ? refuse() : REAL(ftruncate64)(fd, size);
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }
int rename(const char *from, const char *to) {
  return fails("rename", to, 0) ? refuse() : REAL(rename)(from, to);
}
int mkdir(const char *path, mode_t mode) {
  return fails("mkdir", path, 1) ? refuse() : REAL(mkdir)(path, mode);
}
static int opened(const char *name, const char *path, int flags, mode_t mode) {
  if ((flags & O_CREAT) && fails("create", path, 1)) return refuse();
  return ((int (*)(const char *, int, ...))real(name))(path, flags, mode);
}
int open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
  va_end(more);
  return opened("open", path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
  va_end(more);
  return opened("open64", path, flags, mode);
}
