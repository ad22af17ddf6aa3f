// error: is private within this context|could not convert|chosen constructor is explicit
#include "gate/types.h"

void send(gate::Permit permit);

void call(gate::Permit::Bound bound, gate::Permit real) {
#ifdef WRONG
  send({std::move(bound)});
#else
  static_cast<void>(bound);
  send(std::move(real));
#endif
}
