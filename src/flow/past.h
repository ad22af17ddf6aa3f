#pragma once
// The nights behind the book before, for accounts that are played again. Enters: how far back.
// Leaves: each night's own inputs, the batches' rows of those accounts alone, and the edition
// before them. Never: an edition changed.

#include <filesystem>
#include <optional>
#include <vector>

#include "flow/late.h"

namespace flow {

struct PastNight {
  BookFile file;
  std::filesystem::path folder;
  Inputs inputs;
  std::vector<book::BatchSheet> batches;  // rows of the accounts played again
};

class Past {
 public:
  Past(const Night& night, const AccountNos& account_nos, std::optional<kernel::Date> gone)
      : night_(night),
        account_nos_(account_nos),
        gone_(gone),
        folder_(night.inputs.previous_folder),
        next_(*night.inputs.previous) {}

  // Adds nights, latest first, until the edition before them is of a day before `since`. Stops
  // where one cannot be made again; then gone() is its day.
  kernel::Status reach_back(kernel::Date since);
  // Of the payments that came in during these nights, the earliest day that is before them and was
  // in no snapshot when it came: it was played again then, and has to be now.
  kernel::Result<std::optional<kernel::Date>> earlier() const;

  std::vector<PastNight>& nights() { return nights_; }  // latest first
  // The day of the edition before them, 0 where they begin with the first book.
  std::int32_t date_before() const { return next_ ? next_->date.days() : 0; }
  std::optional<kernel::Date> gone() const { return gone_; }
  // The edition before them; empty where they begin with the first book.
  kernel::Result<std::optional<book::Sheets>> book_before() const;

 private:
  const Night& night_;
  const AccountNos& account_nos_;
  std::optional<kernel::Date> gone_;
  std::filesystem::path folder_;  // of next_
  std::optional<BookFile> next_;  // the edition before nights_
  std::vector<PastNight> nights_;
};

}  // namespace flow
