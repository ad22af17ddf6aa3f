#pragma once
// Others who watch the log: witnesses cosign its checkpoint, an authority stamps the time. Who they
// are says watch.toml (tlog/config.h; docs/evidence.md). What they say is added to the published
// checkpoint; where they do not answer, sealing goes on.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "kernel/result.h"

namespace evidence {

class Watchers {
 public:
  // <data>/watch.toml; none where there is no such file.
  static kernel::Result<Watchers> open(const std::filesystem::path& data,
                                       const std::filesystem::path& log);
  Watchers(Watchers&&) noexcept;
  ~Watchers();

  // Shows them the checkpoint, when it is another than the last time. Returns what went wrong, one
  // line each; a witness that says no is among them and must be looked at.
  std::vector<std::string> show();

 private:
  struct Inside;
  explicit Watchers(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace evidence
