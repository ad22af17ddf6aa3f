// error: no match for 'operator<'
#include "kernel/date.h"

bool before(kernel::Date due, kernel::Instant now) {
#ifdef WRONG
  return due < now;
#else
  return due < now.china_date();
#endif
}
