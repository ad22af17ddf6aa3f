#pragma once
// A copy as files: index.html that reads without network or script, data.json for machines (PIPL
// 45, transfer). Pure.

#include <string>
#include <vector>

#include "kernel/date.h"
#include "store/held.h"
#include "strategy/types.h"

namespace rights {

struct CopyHead {
  std::string request_id, customer_nos, made_by;  // whose copy, and who made it: the watermark
  kernel::Instant made_at;
  std::vector<std::string> documents;   // names of files in it
  std::vector<std::string> unreadable;  // documents that could not be opened
};

std::string render_page(const CopyHead& head, const std::vector<store::HeldSection>& sections,
                        const strategy::Words& words);
std::string render_data(const CopyHead& head, const std::vector<store::HeldSection>& sections);

}  // namespace rights
