#pragma once
// Whether words that were found are meant: denied ("我们不会起诉您的家人"), or, in a note, what the
// customer said ("客户说要报警"). Asked only of what was found, so it may take its time.

#include <re2/re2.h>

#include <memory>
#include <string>
#include <vector>

#include "wording/lists.h"

namespace wording {

struct Place {  // of words in Normal::chars
  std::uint32_t from, to;
};

class Speech {
 public:
  static kernel::Result<Speech> make(const Alphabet& alphabet, const Lists& lists);

  // By the exceptions of its class, and in a note by who speaks there.
  bool excused(const Alphabet& alphabet, const Normal& text, Place place,
               const std::string& wording_class, const std::string& position) const;
  // By exceptions of the word itself.
  static bool excused(const Alphabet& alphabet, const Normal& text, Place place,
                      const std::vector<std::unique_ptr<re2::RE2>>& unless);

 private:
  struct Rule {
    std::string wording_class, position;
    std::unique_ptr<re2::RE2> regex;
  };
  bool customer_speaks(const std::string& before) const;

  std::vector<Rule> rules_;
  std::unique_ptr<re2::RE2> customer_, us_;
};

// Whether words that only sound like those of the list are ordinary ones (ICU's word breaks).
bool ordinary_words(const Normal& text, Place place);

}  // namespace wording
