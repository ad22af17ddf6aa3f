// error: use of deleted function
#include "gate/types.h"

void send(gate::Permit permit);

void call(gate::Permit permit) {
#ifdef WRONG
  send(permit);
  send(permit);
#else
  send(std::move(permit));
#endif
}
