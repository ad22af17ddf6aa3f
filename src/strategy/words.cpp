#include <fstream>
#include <sstream>

#include "strategy/record.h"
#include "strategy/types.h"

namespace strategy {

kernel::Result<Words> Words::parse(std::string_view csv, std::string_view where) {
  Words words;
  std::size_t at = 0;
  for (int record = 1; at < csv.size(); ++record) {
    const std::vector<std::string> fields = parse_record(csv, at);
    const auto wrong = [&](const char* what) {
      return kernel::Error{kernel::Code::invalid_input, what,
                           std::string(where) + ":" + std::to_string(record)};
    };
    if (fields.size() != 4) return wrong("a line has variable, code, zh and en");
    if (record == 1) continue;
    if (!words.texts_.try_emplace({fields[0], fields[1]}, Texts{fields[2], fields[3]}).second) {
      return wrong("a second line for the same variable and code");
    }
  }
  return words;
}

kernel::Result<Words> Words::load(const std::filesystem::path& decisions) {
  const std::filesystem::path path = decisions / "words.csv";
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  if (!in) return kernel::Error{kernel::Code::not_found, "cannot be read", path.string()};
  return parse(std::move(bytes).str(), path.string());
}

const Words::Texts* Words::find(std::string_view variable, std::string_view code) const {
  const auto found = texts_.find(std::pair(std::string(variable), std::string(code)));
  return found == texts_.end() ? nullptr : &found->second;
}

bool Words::has(std::string_view variable, std::string_view code) const {
  return find(variable, code) != nullptr;
}

std::string Words::zh(std::string_view variable, std::string_view code) const {
  const Texts* texts = find(variable, code);
  return texts ? texts->zh : std::string(code.empty() ? variable : code);
}

std::string Words::en(std::string_view variable, std::string_view code) const {
  const Texts* texts = find(variable, code);
  return texts ? texts->en : std::string(code.empty() ? variable : code);
}

}  // namespace strategy
