#pragma once
// Money as people read it on a page or in a letter. Files and columns take Money::format_yuan.

#include <string>

#include "kernel/money.h"

namespace kernel {

std::string yuan_text(Money amount);  // "-1,234.50"

}  // namespace kernel
