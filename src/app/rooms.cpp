#include "app/rooms.h"

#include "allocation/types.h"
#include "book/types.h"
#include "casework/types.h"
#include "intake/types.h"
#include "outreach/types.h"
#include "people/types.h"
#include "reports/types.h"

namespace app {

std::vector<store::Migration> all_migrations() {
  std::vector<store::Migration> all;
  for (const auto* room : {&intake::schema(), &book::schema(), &allocation::schema(),
                           &gate::schema(), &outreach::schema(), &casework::schema(),
                           &people::schema(), &flow::schema()}) {
    all.insert(all.end(), room->begin(), room->end());
  }
  return all;
}

}  // namespace app
