#pragma once
// A file written from front to back: under another name until it is whole and durable, so that
// nobody reads half of one. Enters: bytes, as they come. Never: a file where place() was not
// called.

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "kernel/result.h"

namespace column {

class NewFile {
 public:
  explicit NewFile(std::filesystem::path file);  // what is there stays until place()
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();

  std::int64_t size() const { return size_; }  // in bytes, so far
  kernel::Status put(std::string_view bytes);
  kernel::Status place();

 private:
  kernel::Error failed(const char* what) const;

  std::filesystem::path place_, part_;
  int file_ = -1;
  std::int64_t size_ = 0;
};

}  // namespace column
