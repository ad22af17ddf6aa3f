// error: no match for 'operator<<'
#include <iostream>

#include "kernel/secret.h"

void print(const kernel::Phone& phone) {
#ifdef WRONG
  std::cout << phone;
#else
  std::cout << phone.masked();
#endif
}
