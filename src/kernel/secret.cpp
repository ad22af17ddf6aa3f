#include "kernel/secret.h"

#include <vector>

namespace kernel {
namespace {

// The UTF-8 characters of a text; a broken byte counts as one.
std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> all;
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (at + size > text.size()) size = 1;
    all.push_back(text.substr(at, size));
    at += size;
  }
  return all;
}

// Keeps `head` and `tail` characters; what is too short to hide anything is hidden whole.
std::string keep(std::string_view text, std::size_t head, std::size_t tail, std::size_t stars) {
  const auto all = characters(text);
  if (all.size() <= head + tail) return std::string(all.empty() ? 0 : 4, '*');
  std::string out;
  for (std::size_t i = 0; i < head; ++i) out += all[i];
  out += std::string(stars, '*');
  for (std::size_t i = all.size() - tail; i < all.size(); ++i) out += all[i];
  return out;
}

}  // namespace

// Four digits at least stay hidden: of a number without its area code the head goes too.
std::string mask_phone(std::string_view phone) {
  constexpr std::size_t mobile = 11, landline = 8;
  const std::size_t size = characters(phone).size();
  return keep(phone, size >= mobile ? 3 : 0, size >= landline ? 4 : size, 4);
}

std::string mask_name(std::string_view name) {
  const auto all = characters(name);
  if (all.empty()) return "";
  std::string out(all[0]);
  for (std::size_t i = 1; i < all.size() || i < 2; ++i) out += '*';
  return out;
}

std::string mask_citizen_id(std::string_view citizen_id) {
  return keep(citizen_id, 4, 4, 10);
}
std::string mask_address(std::string_view address) {
  return keep(address, 3, 0, 4);
}

std::string mask_account_no(std::string_view account_no) {
  return account_no.size() < 12 ? keep(account_no, 0, 4, 4) : keep(account_no, 4, 4, 8);
}

}  // namespace kernel
