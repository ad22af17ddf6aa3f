#pragma once
// Runs a test on the embedded store and on PostgreSQL: a fresh SQLite file, and a fresh schema of
// the server that EVENHAND_TEST_POSTGRES names (./test starts one). Without that variable it says
// so.

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>

#include "store/store.h"

namespace tests {

// 2026-11-20 10:00 in China, a Friday, unless the test moves it.
struct Clock {
  static std::atomic<std::int64_t>& micros() {
    static std::atomic<std::int64_t> now{
        kernel::Instant::china(kernel::Date::from_ymd(2026, 11, 20), 600).micros()};
    return now;
  }
  static kernel::Instant now() { return kernel::Instant::from_micros(micros().load()); }
};

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "evenhand-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::unique_ptr<store::Store> open_store(const std::string& url,
                                                const std::filesystem::path& folder,
                                                const std::vector<store::Migration>& schema) {
  auto opened = store::Store::open(
      {.url = url, .key_file = (folder / "test.key").string(), .clock = &Clock::now});
  CHECK_MSG(static_cast<bool>(opened), opened ? "" : opened.error().message.c_str());
  const auto migrated = (*opened)->migrate(schema);
  CHECK_MSG(static_cast<bool>(migrated), migrated ? "" : migrated.error().message.c_str());
  return std::move(*opened);
}

// A URL to a schema of its own on the test server; empty when there is no server.
inline std::string fresh_postgres_url(const std::filesystem::path& folder) {
  const char* server = std::getenv("EVENHAND_TEST_POSTGRES");
  if (!server || !*server) return "";
  static std::atomic<int> count{0};
  const std::string schema = "test_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
  auto admin = store::Store::open({.url = server,
                                   .key_file = (folder / "admin.key").string(),
                                   .connections = 1,
                                   .clock = &Clock::now});
  CHECK_MSG(static_cast<bool>(admin), admin ? "" : admin.error().message.c_str());
  const auto made =
      (*admin)->transact([&](store::Transaction& tx) { tx.execute("CREATE SCHEMA " + schema); });
  CHECK_MSG(static_cast<bool>(made), made ? "" : made.error().message.c_str());
  const std::string url = server;
  return url + (url.find('?') == std::string::npos ? "?" : "&") + "options=-csearch_path%3D" +
         schema;
}

// The body runs once per engine; `folder` is empty and goes afterwards.
inline void for_each_store(
    const std::vector<store::Migration>& schema,
    const std::function<void(store::Store&, const std::filesystem::path& folder)>& body) {
  {
    SCOPED_TRACE("on SQLite");
    const Folder folder;
    const auto store =
        open_store((folder.path() / "casebook.sqlite").string(), folder.path(), schema);
    body(*store, folder.path());
  }
  const Folder folder;
  const std::string url = fresh_postgres_url(folder.path());
  if (url.empty()) {
    std::cout << "[   NOTE   ] no PostgreSQL: EVENHAND_TEST_POSTGRES is not set (./test sets it)\n";
    return;
  }
  SCOPED_TRACE("on PostgreSQL");
  const auto store = open_store(url, folder.path(), schema);
  body(*store, folder.path());
}

}  // namespace tests
