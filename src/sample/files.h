#pragma once
// The canonical files being written, all eight at once, a megabyte at a time.

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include "kernel/result.h"

namespace sample {

enum File {
  customers,
  accounts,
  balances,
  contacts,
  guarantors,
  instalments,
  payments,
  past_contacts
};
constexpr std::array<std::string_view, 8> file_names = {"customers", "accounts",     "balances",
                                                        "contacts",  "guarantors",   "instalments",
                                                        "payments",  "past_contacts"};

class Files {
 public:
  static kernel::Result<Files> create(const std::filesystem::path& folder);
  Files(Files&&) noexcept;
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  Files& operator=(Files&&) = delete;
  ~Files();

  std::string& text(File file);  // append lines here, then call flush
  void flush();                  // writes what has grown large
  kernel::Status close();        // the first failure of any write, if there was one

 private:
  Files() = default;
  void write(std::size_t file);
  struct One {
    int fd = -1;
    std::string text;
  };
  std::array<One, 8> files_;
  std::filesystem::path folder_;
  bool failed_ = false;
};

}  // namespace sample
