// error: no match for 'operator\+'
#include "kernel/date.h"

kernel::Date tomorrow(kernel::Date today) {
#ifdef WRONG
  return today + 1;
#else
  return today.plus_days(1);
#endif
}
