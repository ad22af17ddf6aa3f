#include "casework/notes.h"

#include <fmt/format.h>

#include "store/vault.h"

namespace casework {

void save_note(store::Transaction& tx, const std::string& customer_no, const kernel::Note& text,
               const std::string& by, kernel::Instant now) {
  const std::string sealed = tx.vault().seal("note.text", text);
  const std::int64_t note_id = tx.next_id();
  tx.execute(
      "INSERT INTO note (note_id, customer_no, written_at, written_by, text)"
      " VALUES ($1, $2, $3, $4, $5)",
      {note_id, customer_no, now, by, store::Blob{sealed}});
  tx.append({"note_written", "customer:" + customer_no, "user:" + by, now,
             fmt::format("{{\"note_id\":\"{}\"}}", note_id)});
}

}  // namespace casework
