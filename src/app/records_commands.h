#pragma once
// document, legal-hold, retention: options in, exit code out.

#include <string>

#include "app/workplace.h"

namespace app {

struct RecordsCommand {
  Place place;
  std::string action;   // add | list | get; set | list | lift | approve | refuse
  std::string subject;  // case, document_id, legal_hold_id
  std::string kind, source = "staff", date, reason, by, file;
  bool json = false;
};
int run_document(const RecordsCommand& command);
int run_legal_hold(const RecordsCommand& command);

}  // namespace app
