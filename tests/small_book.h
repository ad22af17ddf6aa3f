#pragma once
// For tests: a small made-up portfolio with one night's book, the shipped tables, and drafts of
// them.

#include <gtest/gtest.h>

#include <fstream>

#include "experiment/types.h"
#include "flow/types.h"
#include "intake/types.h"
#include "sample/types.h"
#include "simulation/types.h"
#include "tables/types.h"
#include "tests/files.h"
#include "tests/stores.h"

namespace simulation::small {

namespace fs = std::filesystem;
using kernel::Date;

inline const Date as_of = Date::from_ymd(2026, 11, 19);
inline const Date night_of = Date::from_ymd(2026, 11, 20);
constexpr std::int64_t accounts = 3'000;

inline std::vector<store::Migration> all_schema() {
  std::vector<store::Migration> all = store::schema();
  for (const auto* more :
       {&intake::schema(), &book::schema(), &tables::schema(), &experiment::schema(),
        &allocation::schema(), &flow::schema(), &simulation::schema()}) {
    all.insert(all.end(), more->begin(), more->end());
  }
  return all;
}

inline void make_book(store::Store& store, const fs::path& folder, std::int64_t rows = accounts) {
  const fs::path sample = folder / "sample";
  ASSERT_TRUE(
      sample::make_sample({.accounts = rows, .seed = 5, .as_of = as_of, .out_dir = sample}));
  intake::ImportOptions options{.data_dir = folder / "data",
                                .mapping = sample / "mapping.toml",
                                .imported_by = "test",
                                .now = kernel::Instant::china(as_of, 60)};
  for (const auto& entry : fs::directory_iterator(sample))
    if (entry.path().extension() == ".csv") options.files.push_back(entry.path());
  const auto imported = intake::import_files(store, options);
  ASSERT_TRUE(imported) << imported.error().message;
  flow::NightOptions night;
  night.data_dir = folder / "data";
  night.decisions_dir = "decisions";
  night.date = night_of;
  night.now = kernel::Instant::china(night_of, 120);
  night.threads = 2;
  night.ports.load_collectors = [](store::Transaction&, Date) {
    std::vector<allocation::Collector> all;
    for (const char* team : {"early", "middle", "late", "care", "legal_desk", "agency_desk"})
      all.push_back({.user_name = team,
                     .team = team,
                     .skills = {"remind", "negotiate", "relief", "firm", "trace", "visit", "care",
                                "agency", "legal"},
                     .capacity = 25});
    return kernel::Result(all);
  };
  const auto made = flow::run_night(store, night);
  ASSERT_TRUE(made) << made.error().message;
}

// One book for the tests that touch no row: it is only read.
inline const fs::path& shared_book() {
  static const tests::Folder folder;
  static const bool made = [] {
    const auto store = tests::open_store((folder.path() / "casebook.sqlite").string(),
                                         folder.path(), all_schema());
    make_book(*store, folder.path());
    return true;
  }();
  CHECK(made);
  return folder.path();
}

inline strategy::Models shipped() {
  auto models = strategy::Models::load("decisions");
  CHECK_MSG(static_cast<bool>(models), models ? "" : models.error().message.c_str());
  return std::move(*models);
}

// The shipped tables with a text of a file put in another's place, everywhere it stands.
inline strategy::Models edited(const fs::path& folder, const std::string& file,
                               const std::string& from, const std::string& to) {
  fs::remove_all(folder);
  fs::copy("decisions", folder, fs::copy_options::recursive);
  std::string text = tests::read_file(folder / file);
  std::size_t times = 0;
  for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
    ++times;
  }
  CHECK_MSG(times > 0, from.c_str());
  std::ofstream(folder / file, std::ios::binary) << text;
  auto models = strategy::Models::load(folder);
  CHECK_MSG(static_cast<bool>(models), models ? "" : models.error().message.c_str());
  return std::move(*models);
}

// The row m1_first_sms gives an e-mail of another name, nothing else changes.
inline strategy::Models one_row_changed(const fs::path& folder) {
  const std::string text = tests::read_file("decisions/treatment.dmn");
  const std::size_t begin = text.find("<rule id=\"m1_first_sms\">");
  const std::size_t end = text.find("</rule>", begin);
  CHECK(begin != text.npos && end != text.npos);
  const std::string row = text.substr(begin, end - begin);
  std::string changed = row;
  for (const auto& [from, to] :
       {std::pair("\"m1_sms\"", "\"voice_reminder\""), std::pair("\"sms\"", "\"robot_call\""),
        std::pair("\"first_overdue\"", "\"m1_reminder\"")}) {
    const std::size_t at = changed.find(from);
    CHECK(at != changed.npos);
    changed.replace(at, std::string(from).size(), to);
  }
  return edited(folder, "treatment.dmn", row, changed);
}

}  // namespace simulation::small
