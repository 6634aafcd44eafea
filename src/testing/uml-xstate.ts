/**
 * Makes User Mode Linux 6.1 run on processors whose register state is larger than it knows (AMX): it hands ptrace(2) 2,696
 * octets, and Linux takes only a whole state. Preloaded, this reads the state, puts those octets over its beginning, and
 * hands in the whole. C, since it replaces a function of the C library.
 */
export const XSTATE_SHIM = `#define _GNU_SOURCE
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PEEKTEXT = 1, PEEKUSER = 3, GETREGSET = 0x4204, SETREGSET = 0x4205, XSTATE = 0x202 };

long ptrace(int request, ...) {
  va_list rest;
  va_start(rest, request);
  long pid = va_arg(rest, long);
  long address = va_arg(rest, long);
  void *data = va_arg(rest, void *);
  va_end(rest);
  if (request == SETREGSET && address == XSTATE) {
    static char state[65536];
    struct iovec *given = data, whole = {state, sizeof state};
    if (syscall(SYS_ptrace, GETREGSET, pid, address, &whole) == 0 && given->iov_len < whole.iov_len) {
      memcpy(state, given->iov_base, given->iov_len);
      return syscall(SYS_ptrace, SETREGSET, pid, address, &whole);
    }
  }
  long word;
  int peeks = request >= PEEKTEXT && request <= PEEKUSER;
  long result = syscall(SYS_ptrace, request, pid, address, peeks ? &word : data);
  return peeks && result == 0 ? word : result;
}
`
