#pragma once
// A ZIP file of texts: the same files give the same bytes (no times, no owners, the order given).

#include <string>
#include <vector>

#include "kernel/result.h"

namespace evidence {

struct ZipFile {
  std::string name, bytes;
  bool program = false;  // may be executed
};
kernel::Result<std::string> make_zip(const std::vector<ZipFile>& files);

}  // namespace evidence
