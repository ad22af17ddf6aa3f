#include <fmt/format.h>

#include "http/json.h"
#include "intake/types.h"
#include "kernel/money.h"

namespace intake {

std::string ImportReport::json() const {
  return http::write_json(*this);
}

std::string ImportReport::text() const {
  std::string out;
  for (const FileReport& file : files) {
    const bool again = file.state == "unchanged";
    out +=
        fmt::format("{}  as of {}  batch {}{}\n", file.file_name, file.as_of.format(),
                    file.batch_id, again ? "  (the same file is in already: nothing changed)" : "");
    for (const KindCount& kind : file.kinds) {
      out += fmt::format("  {:<14}{:>10} accepted {:>8} rejected {:>10} unchanged\n", kind.kind,
                         kind.accepted, kind.rejected, kind.unchanged);
      for (const ControlTotal& total : kind.control_totals) {
        out += fmt::format("    {:<20}{:>22} yuan\n", total.name,
                           kernel::Money::from_fen(total.value).format_yuan());
      }
    }
    for (const Rejected& bad : file.first_rejected) {
      out +=
          fmt::format("  line {}{}: {}{}\n    {}\n", bad.line,
                      bad.column.empty() ? "" : fmt::format(", column {}", bad.column), bad.reason,
                      bad.value.empty() ? "" : fmt::format(" [{}]", bad.value), bad.hint);
    }
    const auto shown = static_cast<std::int64_t>(file.first_rejected.size());
    if (!again && file.rejects > shown)
      out += fmt::format("  … and {} more\n", file.rejects - shown);
    if (!file.reject_file.empty()) {
      out += fmt::format("  correct and import again: {}\n", file.reject_file);
    }
  }
  return out +
         fmt::format("{} accepted, {} rejected, {} unchanged\n", accepted, rejected, unchanged);
}

}  // namespace intake
