// Bodies and queries as a stranger sends them: reading may refuse, and what it takes must survive
// being written and read again.

#include <cstddef>
#include <cstdint>

#include "http/json.h"
#include "http/route.h"
#include "http/url.h"

namespace {

struct Leaf {
  std::string word;
  std::optional<std::int64_t> count;
  std::vector<Leaf> leaves;
};
BOOST_DESCRIBE_STRUCT(Leaf, (), (word, count, leaves))

struct Tree {
  std::optional<bool> ok;
  std::optional<kernel::Money> amount_fen;
  std::optional<kernel::Date> due_date;
  std::optional<kernel::Instant> sent_at;
  std::optional<http::Role> role;
  std::optional<std::vector<std::string>> words;
  std::optional<Leaf> leaf;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (ok, amount_fen, due_date, sent_at, role, words, leaf))

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto tree = http::parse_json<Tree>(text)) {
    const std::string written = http::write_json(*tree);
    const auto again = http::parse_json<Tree>(written);
    CHECK(again);
    CHECK(http::write_json(*again) == written);
  }
  http::parse_cookies(text);
  http::match_path("/api/v1/cases/{case_id}/holds/{hold_id}", text);
  if (auto query = http::parse_query(text)) {
    for (const auto& [name, value] : *query) CHECK(http::is_utf8(name) && http::is_utf8(value));
    const http::Request request{.method = "GET", .query = std::move(*query)};
    (void)http::read_input<Tree>(request);
  }
  return 0;
}
