#pragma once
// document, legal-hold, retention: options in, exit code out.

#include <string>

#include "app/workplace.h"
#include "records/types.h"

namespace app {

struct RecordsCommand {
  Place place;
  std::string action;   // add | list | get; set | list | lift | approve | refuse
  std::string subject;  // case, document_id, legal_hold_id
  std::string kind, source = "staff", date, reason, by, file;
  std::string virus_scanner;  // of add; empty: none
  bool json = false;
};
struct RetentionCommand {
  Place place;
  std::string date;  // empty: today
  bool dry_run = false, json = false;
};
struct PackCommand {
  Place place;
  std::string subject, from, to, purpose, by, out;
};
int run_pack(const PackCommand& command);
int run_document(const RecordsCommand& command);
int run_legal_hold(const RecordsCommand& command);
int run_retention(const RetentionCommand& command);
// The same as a step after the night, by "night".
kernel::Result<records::RetentionReport> retention_with_night(store::Store& store,
                                                              const Place& place, kernel::Date date,
                                                              kernel::Instant now);

}  // namespace app
