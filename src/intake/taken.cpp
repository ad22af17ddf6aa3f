#include "intake/taken.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "intake/read.h"

namespace intake {
namespace {

bool has_open_words(const FieldSpec& field) {
  return field.column == column::Type::code && field.words.empty();
}

std::vector<std::string> names_of(const KindSpec& kind, bool open_words) {
  std::vector<std::string> names;
  for (const FieldSpec& field : kind.fields) {
    if (has_open_words(field) == open_words) names.emplace_back(field.name);
  }
  return names;
}

std::vector<std::string> all_names(const KindSpec& kind) {
  std::vector<std::string> names;
  for (const FieldSpec& field : kind.fields) names.emplace_back(field.name);
  return names;
}

}  // namespace

TakenColumns::TakenColumns(const KindSpec& kind, std::filesystem::path folder)
    : kind_(kind),
      folder_(std::move(folder)),
      writer_(folder_, {.order = all_names(kind), .rows = {}, .like = nullptr, .threads = 2}),
      open_words_(kind.fields.size()) {}

kernel::Status TakenColumns::add(const Table& block) {
  TRY(writer_.append(block.sheet(), names_of(kind_, false)));
  for (std::size_t f = 0; f < kind_.fields.size(); ++f) {
    if (!has_open_words(kind_.fields[f])) continue;
    const std::vector<std::int16_t> codes = block.codes(f, open_words_[f].words);
    open_words_[f].codes.insert(open_words_[f].codes.end(), codes.begin(), codes.end());
  }
  return kernel::Ok{};
}

// The words in order, and each record's place among them.
kernel::Status TakenColumns::add_open_words(std::size_t field) {
  const std::vector<std::string>& words = open_words_[field].words;
  const std::vector<std::int16_t>& codes = open_words_[field].codes;
  std::vector<std::int16_t> by_word(words.size()), place(words.size());
  std::iota(by_word.begin(), by_word.end(), std::int16_t{0});
  const auto word = [&](std::int16_t code) -> const std::string& {
    return words[static_cast<std::size_t>(code)];
  };
  std::sort(by_word.begin(), by_word.end(), [&](auto a, auto b) { return word(a) < word(b); });
  std::vector<std::string> sorted;
  for (std::size_t i = 0; i < by_word.size(); ++i) {
    place[static_cast<std::size_t>(by_word[i])] = static_cast<std::int16_t>(i);
    sorted.push_back(word(by_word[i]));
  }
  std::size_t begin = 0;
  do {
    const std::size_t end = std::min(begin + block_rows, codes.size());
    column::Sheet block(end - begin);
    const auto into = block.add_codes(kind_.fields[field].name, sorted);
    for (std::size_t i = begin; i < end; ++i)
      into[i - begin] = place[static_cast<std::size_t>(codes[i])];
    TRY(writer_.append(block));
    begin = end;
  } while (begin < codes.size());
  return kernel::Ok{};
}

kernel::Result<column::Sheet> TakenColumns::open(const Table& last) {
  TRY(add(last));
  for (std::size_t f = 0; f < kind_.fields.size(); ++f) {
    if (has_open_words(kind_.fields[f])) TRY(add_open_words(f));
  }
  TRY(writer_.place());
  return column::Sheet::open(folder_);
}

TakenPeople::TakenPeople(const KindSpec& kind, std::filesystem::path folder)
    : spill_(std::move(folder)), block_(kind), last_(kind) {}

kernel::Status TakenPeople::add(const Table& block) {
  block.write(bytes_);
  spilled_rows_ += block.rows();
  return spill_.put(bytes_);
}

void TakenPeople::finish(Table last) {
  last_ = std::move(last);
  bytes_ = {};
}

void TakenPeople::rewind() {
  spill_.rewind();
  last_given_ = false;
}

kernel::Result<const Table*> TakenPeople::next() {
  TRY_ASSIGN(const bool any, spill_.get(bytes_));
  if (any) {
    block_.read(bytes_);
    return &block_;
  }
  if (std::exchange(last_given_, true)) return nullptr;
  return &last_;
}

}  // namespace intake
