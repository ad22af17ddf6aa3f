// error: is private within this context
#include "kernel/secret.h"

std::string text(const kernel::Note& note) {
#ifdef WRONG
  return note.plain_;
#else
  return note.masked();
#endif
}
