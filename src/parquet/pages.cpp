#include "parquet/pages.h"

#include <algorithm>
#include <bit>

namespace parquet {

namespace {

// Little-endian, whatever the machine.
void put_fixed(std::uint64_t value, int bytes, std::string& out) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

void put_varint(std::uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void put_text(std::string_view text, std::string& out) {
  put_fixed(text.size(), 4, out);
  out += text;
}

}  // namespace

int bits_for(std::size_t words) {
  return std::max(1, static_cast<int>(std::bit_width(words == 0 ? 0 : words - 1)));
}

void put_small(const std::vector<std::uint32_t>& values, int bits, std::string& out) {
  if (values.empty()) return;
  if (std::all_of(values.begin(), values.end(), [&](auto v) { return v == values.front(); })) {
    put_varint(static_cast<std::uint64_t>(values.size()) << 1, out);
    put_fixed(values.front(), (bits + 7) / 8, out);
    return;
  }
  const std::size_t groups = (values.size() + 7) / 8;  // of eight values, the last filled with 0
  put_varint(static_cast<std::uint64_t>(groups) << 1 | 1, out);
  std::uint64_t pending = 0;
  int held = 0;
  for (std::size_t i = 0; i < groups * 8; ++i) {
    pending |= static_cast<std::uint64_t>(i < values.size() ? values[i] : 0) << held;
    for (held += bits; held >= 8; held -= 8, pending >>= 8) out += static_cast<char>(pending);
  }
}

void put_levels(const column::Cells& cells, std::size_t begin, std::size_t end, std::string& out) {
  std::vector<std::uint32_t> levels;
  levels.reserve(end - begin);
  for (std::size_t row = begin; row < end; ++row) levels.push_back(cells.absent(row) ? 0 : 1);
  std::string runs;
  put_small(levels, 1, runs);
  put_text(runs, out);
}

void put_values(const column::Cells& cells, std::size_t begin, std::size_t end, std::string& out) {
  const column::Type type = cells.type();
  const bool optional = cells.optional();
  if (type == column::Type::code) {
    const int bits = bits_for(cells.words().size());
    std::vector<std::uint32_t> codes;
    for (std::size_t row = begin; row < end; ++row) {
      if (!cells.absent(row)) codes.push_back(static_cast<std::uint32_t>(cells.number(row)));
    }
    out += static_cast<char>(bits);
    put_small(codes, bits, out);
    return;
  }
  const int bytes = type == column::Type::i64 ? 8 : 4;
  for (std::size_t row = begin; row < end; ++row) {
    if (optional && cells.absent(row)) continue;
    if (type == column::Type::text) {
      put_text(cells.text(row), out);
    } else {
      put_fixed(static_cast<std::uint64_t>(cells.number(row)), bytes, out);
    }
  }
}

std::string words_page(const std::vector<std::string>& words) {
  std::string page;
  for (const std::string& word : words) put_text(word, page);
  return page;
}

}  // namespace parquet
