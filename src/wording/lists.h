#pragma once
// The lists of decisions/wording/*.csv as they are written; docs/wording.md says how to write them.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "wording/pattern.h"
#include "wording/types.h"

namespace wording {

struct Word {
  std::string word_id, wording_class, suggestion_zh, suggestion_en;
  Pattern pattern;
  std::vector<Pattern> unless;  // exceptions of this word alone
  bool homophone = false;       // also looked for by its sound
};

struct ClassText {
  std::string zh, en, suggestion_zh, suggestion_en;
};

// Cancels words of a class ("*": of all) in texts of a position (empty: in all).
struct Exception {
  std::string wording_class, position;
  Pattern pattern;
};

// Who speaks in a note from here on: customer | us.
struct Speaker {
  bool customer = false;
  Pattern pattern;
};

// What a text of this position must have; where it does not, that is of a class.
struct Required {
  std::string part, wording_class, position, suggestion_zh, suggestion_en;
  Pattern pattern;
};

struct Lists {
  std::vector<Word> words;
  std::map<std::string, ClassText> classes;
  std::vector<Exception> exceptions;
  std::vector<Speaker> speakers;
  std::vector<Required> required;
};

// By file name; every one of list_files() must be there.
using Texts = std::map<std::string, std::string_view>;
const std::vector<std::string>& list_files();
kernel::Result<Folder::Pairs> read_lookalikes(const Texts& texts);
kernel::Result<Lists> read_lists(const Folder& folder, const Texts& texts);

// A word as a list or a lender's table has it; `unless`: patterns with ';' between.
struct WordText {
  std::string word_id, wording_class, pattern, homophone, unless, suggestion_zh, suggestion_en;
};
kernel::Result<Word> read_word(const Folder& folder, const WordText& text,
                               const std::map<std::string, ClassText>& classes,
                               std::string_view where);

}  // namespace wording
