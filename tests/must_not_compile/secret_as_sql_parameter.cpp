// error: no matching function for call|could not convert|conversion from
#include "store/store.h"

store::Param parameter(const kernel::Phone& phone) {
#ifdef WRONG
  return store::Param(phone);
#else
  return store::Param(phone.masked().empty());
#endif
}
