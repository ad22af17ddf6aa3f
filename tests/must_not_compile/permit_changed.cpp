// error: assignment of member .*in read-only object|discards qualifiers|passing .const
#include "gate/types.h"

void redirect(gate::Permit& permit, std::string customer_no) {
#ifdef WRONG
  permit.bound().customer_no = customer_no;
#else
  CHECK(permit.bound().customer_no == customer_no);
#endif
}
