#pragma once
// The transparency log: append-only, checkable by anybody with public tools (docs/evidence.md).
// Knows nothing of debts: an entry is bytes.

#include "tlog/checkpoint.h"  // IWYU pragma: export
#include "tlog/hash.h"        // IWYU pragma: export
#include "tlog/note.h"        // IWYU pragma: export
#include "tlog/proof.h"       // IWYU pragma: export
#include "tlog/reader.h"      // IWYU pragma: export
#include "tlog/tile.h"        // IWYU pragma: export
#include "tlog/writer.h"      // IWYU pragma: export
