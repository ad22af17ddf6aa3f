// Rules: lists and tables read once, and the whole way of a text through them.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <list>
#include <mutex>
#include <set>
#include <sstream>

#include "kernel/hash.h"
#include "tables/types.h"
#include "wording/judge.h"
#include "wording/matcher.h"
#include "wording/speech.h"

namespace wording {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace {

constexpr std::string_view shipped_table = "wording.dmn", folder_name = "wording/";
constexpr std::size_t found_max = 5'000;  // matches looked at, of one text and one view

struct Hit {
  std::size_t word;
  Place place;
  bool by_sound;
};

bool one_of(const std::string& text, std::initializer_list<const char*> known) {
  return std::find(known.begin(), known.end(), text) != known.end();
}

// A Latin or digit end of a word may not go on: "sb" is not in "usb", 110 not in 1101.
bool cut_off(const Normal& text, Place place) {
  const auto& chars = text.chars;
  const auto same_kind = [&](std::size_t left, std::size_t right) {
    const char32_t a = chars[left].c, b = chars[right].c;
    return !chars[right].gap && ((is_latin(a) && is_latin(b)) || (is_digit(a) && is_digit(b)));
  };
  return (place.from > 0 && same_kind(place.from - 1, place.from)) ||
         (place.to < chars.size() && same_kind(place.to - 1, place.to));
}

}  // namespace

struct Rules::Impl {
  Folder folder;
  Alphabet alphabet;
  Lists lists;
  Matcher plain, sound;
  std::vector<std::vector<std::unique_ptr<re2::RE2>>> unless;  // of each word
  std::vector<std::unique_ptr<re2::RE2>> required;             // of each of lists.required
  Speech speech;
  Judge judge;

  Status compile_all();
  std::vector<Hit> find(const Normal& text) const;
  void keep_meant(const Normal& text, const Context& context, std::vector<Hit>& hits) const;
  Mark mark(std::u32string_view original, const Normal& text, const Hit& hit) const;
  Status judge_words(std::string_view text, const Normal& normal, const Context& context,
                     Verdict& verdict) const;
  Status judge_parts(const Normal& normal, const Context& context, Verdict& verdict) const;
  void sound_hits(const Normal& text, std::vector<Hit>& hits) const;
};

Status Rules::Impl::compile_all() {
  for (const Word& word : lists.words) {
    add_to(alphabet, word.pattern, false);
    if (word.homophone) add_to(alphabet, word.pattern, true);
    for (const Pattern& one : word.unless) add_to(alphabet, one, false);
  }
  for (const Exception& one : lists.exceptions) add_to(alphabet, one.pattern, false);
  for (const Speaker& one : lists.speakers) add_to(alphabet, one.pattern, false);
  for (const Required& one : lists.required) add_to(alphabet, one.pattern, false);
  if (alphabet.full())
    return Error{Code::invalid_input, "the lists have too many different characters", "words.csv"};

  std::vector<std::string> as_written, as_heard;
  std::vector<std::size_t> all, heard;
  unless.resize(lists.words.size());
  for (std::size_t i = 0; i < lists.words.size(); ++i) {
    const Word& word = lists.words[i];
    as_written.push_back(to_regex(alphabet, word.pattern, false));
    all.push_back(i);
    if (word.homophone) {
      as_heard.push_back(to_regex(alphabet, word.pattern, true));
      heard.push_back(i);
    }
    for (const Pattern& one : word.unless) {
      TRY_ASSIGN(auto regex, compile(to_regex(alphabet, one, false)));
      unless[i].push_back(std::move(regex));
    }
  }
  TRY_ASSIGN(plain, Matcher::make(as_written, std::move(all)));
  TRY_ASSIGN(sound, Matcher::make(as_heard, std::move(heard)));
  for (const Required& one : lists.required) {
    TRY_ASSIGN(auto regex, compile(to_regex(alphabet, one.pattern, false)));
    required.push_back(std::move(regex));
  }
  TRY_ASSIGN(speech, Speech::make(alphabet, lists));
  return kernel::Ok{};
}

// Words by their sound, where they are not simply there, and are no ordinary words: of two
// syllables there are many of those, of three next to none.
void Rules::Impl::sound_hits(const Normal& text, std::vector<Hit>& hits) const {
  const std::size_t written = hits.size();
  const View view = sound_view(text);
  for (const Found& one : sound.find(alphabet.encode(view), found_max)) {
    const Place place{view[one.from].from, view[one.to - 1].to};
    const bool is_written = std::any_of(hits.begin(), hits.begin() + written, [&](const Hit& hit) {
      return hit.word == one.pattern && hit.place.from < place.to && place.from < hit.place.to;
    });
    if (is_written || (one.to - one.from < 3 && ordinary_words(text, place))) continue;
    hits.push_back({one.pattern, place, true});
  }
}

std::vector<Hit> Rules::Impl::find(const Normal& text) const {
  std::vector<Hit> hits;
  const View view = plain_view(text);
  for (const Found& one : plain.find(alphabet.encode(view), found_max))
    if (one.to > one.from)
      hits.push_back({one.pattern, {view[one.from].from, view[one.to - 1].to}, false});
  sound_hits(text, hits);
  // A clause's edge (^, $) is no part of the words.
  for (Hit& hit : hits) {
    while (hit.place.from + 1 < hit.place.to && is_stop(text.chars[hit.place.from].c))
      ++hit.place.from;
    while (hit.place.from + 1 < hit.place.to && is_stop(text.chars[hit.place.to - 1].c))
      --hit.place.to;
  }
  return hits;
}

void Rules::Impl::keep_meant(const Normal& text, const Context& context,
                             std::vector<Hit>& hits) const {
  std::erase_if(hits, [&](const Hit& hit) {
    return cut_off(text, hit.place) ||
           Speech::excused(alphabet, text, hit.place, unless[hit.word]) ||
           speech.excused(alphabet, text, hit.place, lists.words[hit.word].wording_class,
                          context.position);
  });
  // Of words of one class within each other, the longest.
  std::sort(hits.begin(), hits.end(), [&](const Hit& a, const Hit& b) {
    const auto key = [&](const Hit& h) {
      return std::tuple(lists.words[h.word].wording_class, h.place.from, ~h.place.to, h.by_sound,
                        h.word);
    };
    return key(a) < key(b);
  });
  std::vector<Hit> kept;
  for (const Hit& hit : hits) {
    const bool inside =
        !kept.empty() && kept.back().place.to >= hit.place.to &&
        lists.words[kept.back().word].wording_class == lists.words[hit.word].wording_class;
    if (!inside) kept.push_back(hit);
  }
  hits = std::move(kept);
}

Mark Rules::Impl::mark(std::u32string_view original, const Normal& text, const Hit& hit) const {
  const Word& word = lists.words[hit.word];
  const auto first = text.chars.begin() + hit.place.from;
  const auto last = text.chars.begin() + hit.place.to;
  const bool disguised =
      std::any_of(first, last, [](const Normal::Char& c) { return c.changed; }) ||
      std::any_of(first + 1, last, [](const Normal::Char& c) { return c.gap; });
  Mark made{.from = first->from,
            .to = (last - 1)->to,
            .word_id = word.word_id,
            .how = hit.by_sound ? "homophone"
                   : disguised  ? "disguised"
                                : "plain",
            .suggestion_zh = word.suggestion_zh,
            .suggestion_en = word.suggestion_en};
  made.text = to_utf8(original.substr(static_cast<std::size_t>(made.from),
                                      static_cast<std::size_t>(made.to - made.from)));
  return made;
}

Status Rules::Impl::judge_words(std::string_view text, const Normal& normal, const Context& context,
                                Verdict& verdict) const {
  std::vector<Hit> hits = find(normal);
  if (hits.empty()) return kernel::Ok{};
  keep_meant(normal, context, hits);
  if (hits.size() > marks_max) hits.resize(marks_max);
  const std::u32string original = to_utf32(text);
  for (std::size_t begin = 0; begin < hits.size();) {
    const std::string& wording_class = lists.words[hits[begin].word].wording_class;
    std::vector<Mark> marks;
    std::size_t end = begin;
    for (; end < hits.size() && lists.words[hits[end].word].wording_class == wording_class; ++end)
      marks.push_back(mark(original, normal, hits[end]));
    TRY_ASSIGN(auto refusals, judge.refusals(wording_class, context));
    for (Refusal& refusal : refusals) {
      refusal.marks = marks;
      refusal.suggestion_zh = marks.front().suggestion_zh;
      refusal.suggestion_en = marks.front().suggestion_en;
      verdict.refusals.push_back(std::move(refusal));
    }
    begin = end;
  }
  return kernel::Ok{};
}

// What must be said and is not: who calls, and the parts of a letter.
Status Rules::Impl::judge_parts(const Normal& normal, const Context& context,
                                Verdict& verdict) const {
  std::string encoded;
  for (std::size_t i = 0; i < required.size(); ++i) {
    const Required& part = lists.required[i];
    if (part.position != context.position) continue;
    if (encoded.empty()) encoded = alphabet.encode(plain_view(normal));
    if (re2::RE2::PartialMatch(encoded, *required[i])) continue;
    TRY_ASSIGN(auto refusals, judge.refusals(part.wording_class, context));
    for (Refusal& refusal : refusals) {
      refusal.suggestion_zh = part.suggestion_zh;
      refusal.suggestion_en = part.suggestion_en;
      verdict.refusals.push_back(std::move(refusal));
    }
  }
  return kernel::Ok{};
}

// ---- reading -----------------------------------------------------------------------------------

Result<Rules> Rules::of(const std::vector<File>& files) {
  auto impl = std::make_shared<Impl>();
  Texts texts;
  bool shipped = false;
  for (const File& file : files)
    if (file.name.ends_with(".csv")) texts[file.name.substr(folder_name.size())] = *file.bytes;
  TRY_ASSIGN(const auto lookalikes, read_lookalikes(texts));
  TRY_ASSIGN(impl->folder, Folder::make(lookalikes));
  TRY_ASSIGN(impl->lists, read_lists(impl->folder, texts));
  for (const File& file : files) {
    if (!file.name.ends_with(".dmn")) continue;
    TRY_ASSIGN(const auto words, impl->judge.add(file.name, *file.bytes));
    for (const WordText& text : words) {
      TRY_ASSIGN(Word word, read_word(impl->folder, text, impl->lists.classes, file.name));
      impl->lists.words.push_back(std::move(word));
    }
    shipped = shipped || file.name == shipped_table;
  }
  if (!shipped)
    return Error{Code::not_found, "there is no wording.dmn, so nothing may be said", "wording.dmn"};
  TRY(impl->compile_all());
  return Rules(std::move(impl));
}

namespace {

Result<std::vector<Rules::File>> shipped_lists(const fs::path& decisions) {
  std::vector<Rules::File> files;
  for (const std::string& name : list_files()) {
    TRY_ASSIGN(const auto file, tables::read_shipped(decisions, std::string(folder_name) + name));
    files.push_back({file.file, file.version, file.bytes});
  }
  return files;
}

// The rules that were asked for last, by the files they are made of.
class Known {
 public:
  Result<Rules> get(const std::vector<Rules::File>& files) {
    std::string key;
    for (const Rules::File& file : files) key += file.name + "@" + file.version + " ";
    const std::lock_guard held(mutex_);  // one makes them, the others wait
    for (const auto& [known, rules] : rules_)
      if (known == key) return rules;
    TRY_ASSIGN(const Rules made, Rules::of(files));
    rules_.emplace_front(std::move(key), made);
    if (rules_.size() > rules_max) rules_.pop_back();
    return made;
  }

 private:
  static constexpr std::size_t rules_max = 4;
  std::mutex mutex_;
  std::list<std::pair<std::string, Rules>> rules_;
};

Known& known_rules() {
  static Known known;
  return known;
}

}  // namespace

bool is_wording_table(std::string_view file) {
  return file == shipped_table || (file.starts_with(folder_name) && file.ends_with(".dmn"));
}

Result<Rules> Rules::load(const fs::path& decisions) {
  TRY_ASSIGN(std::vector<File> files, shipped_lists(decisions));
  TRY_ASSIGN(const auto tables, tables::shipped_files(decisions));
  for (const auto& file : tables)
    if (is_wording_table(file.file)) files.push_back({file.file, file.version, file.bytes});
  return known_rules().get(files);
}

Result<Rules> Rules::in_force(store::Transaction& tx, const fs::path& decisions,
                              kernel::Date date) {
  TRY_ASSIGN(std::vector<File> files, shipped_lists(decisions));
  TRY_ASSIGN(const auto tables, tables::files_in_force(tx, decisions, date, "wording"));
  for (const auto& file : tables)
    if (is_wording_table(file.file)) files.push_back({file.file, file.version, file.bytes});
  return known_rules().get(files);
}

// ---- checking ----------------------------------------------------------------------------------

Result<Verdict> Rules::check(std::string_view text, const Context& context) const {
  const auto error = [](std::string message, const char* where) {
    return Error{Code::invalid_input, std::move(message), where};
  };
  if (text.size() > text_bytes_max) return error("at most 65,536 bytes", "text");
  if (!one_of(context.role, {"self", "guarantor", "contact_person", "other"}))
    return error("role is self, guarantor, contact_person or other", "role");
  if (!one_of(context.position, {"talk", "opening", "message", "letter", "template", "note"}))
    return error("position is talk, opening, message, letter, template or note", "position");
  if (!one_of(context.channel,
              {"call", "robot_call", "sms", "email", "letter", "visit", "push", "wechat"}))
    return error("channel is one a permit has", "channel");
  Verdict verdict;
  const Normal normal = impl_->folder.fold(text);
  TRY(impl_->judge_words(text, normal, context, verdict));
  TRY(impl_->judge_parts(normal, context, verdict));
  verdict.allowed = std::none_of(verdict.refusals.begin(), verdict.refusals.end(),
                                 [](const Refusal& one) { return one.severity == "block"; });
  return verdict;
}

}  // namespace wording
