// import_bench [ACCOUNTS…] [--store postgres://…]: makes a sample, imports it, imports it again;
// prints the seconds of each. Default 20,000 and 1,000,000 accounts on the embedded store.

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <string>

#include "intake/types.h"
#include "sample/types.h"
#include "tests/stores.h"

namespace {

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void run(std::int64_t accounts, const std::string& url) {
  const tests::Folder folder;
  const auto as_of = kernel::Date::from_ymd(2026, 11, 21);
  const auto files = folder.path() / "sample";
  const double made = seconds_of([&] {
    const auto done = sample::make_sample({.accounts = accounts, .as_of = as_of, .out_dir = files});
    CHECK_MSG(static_cast<bool>(done), "the sample could not be made");
  });
  intake::ImportOptions options{.data_dir = folder.path() / "data",
                                .mapping = files / "mapping.toml",
                                .imported_by = "bench",
                                .now = tests::Clock::now()};
  std::uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(files)) {
    if (entry.path().extension() != ".csv") continue;
    options.files.push_back(entry.path());
    bytes += entry.file_size();
  }
  auto schema = store::schema();
  schema.insert(schema.end(), intake::schema().begin(), intake::schema().end());
  std::filesystem::create_directories(options.data_dir);
  const auto store = tests::open_store(
      url.empty() ? (options.data_dir / "casebook.sqlite").string() : url, folder.path(), schema);
  std::int64_t accepted = 0;
  const auto once = [&] {
    const auto report = intake::import_files(*store, options);
    CHECK_MSG(static_cast<bool>(report), report ? "" : report.error().message.c_str());
    accepted = report->accepted;
  };
  const double first = seconds_of(once);
  const std::int64_t records = accepted;
  const double again = seconds_of(once);
  fmt::print(
      "{:>9} accounts  {:>9} records  {:>5} MB  sample {:6.2f} s  import {:6.2f} s  "
      "{:>8.0f} records/s  the same again {:5.2f} s\n",
      accounts, records, bytes / 1'000'000, made, first, static_cast<double>(records) / first,
      again);
}

}  // namespace

int main(int count, char** values) {
  std::vector<std::int64_t> sizes;
  std::string url;
  for (int i = 1; i < count; ++i) {
    if (std::string_view(values[i]) == "--store" && i + 1 < count) {
      url = values[++i];
    } else {
      sizes.push_back(std::atoll(values[i]));
    }
  }
  if (sizes.empty()) sizes = {20'000, 1'000'000};
  for (const std::int64_t accounts : sizes) run(accounts, url);
  return 0;
}
