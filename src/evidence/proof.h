#pragma once
// One file that proves one fact to an outsider: a C2SP tlog-proof whose `extra` carries four parts,
// a line each: evenhand-proof-v1; the salt in base64; the entry (the leaf's bytes); and, to the
// end, the fact's canonical bytes with no newline after them. Checked with public tools
// (docs/evidence.md): the entry's leaf hash leads to the signed root, and the entry's commitment is
// SHA-256("evenhand-fact-v1\n" ‖ salt ‖ fact).

#include <span>

#include "evidence/rows.h"
#include "tlog/tlog.h"

namespace evidence {

struct Extra {
  Salt salt{};
  std::string entry, fact;
};
std::string render_extra(const Extra& extra);
kernel::Result<Extra> parse_extra(std::string_view text);

}  // namespace evidence
