#pragma once
// A file's bytes from first to last, part by part, so that no file is ever in memory as a whole.
// gzip is unpacked on the way. Nothing of it is written anywhere.

#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <string>

#include "kernel/result.h"

namespace intake {

class Source {
 public:
  // not_found: no file that can be read.
  static kernel::Result<Source> open(const std::filesystem::path& file);
  Source(Source&&) noexcept;
  Source& operator=(Source&&) noexcept;
  ~Source();

  // The next bytes in place of those in `part`: about a part's size of them, none at the end.
  // invalid_input: gzip that is damaged; conflict: it was written to since it was opened.
  kernel::Status read(std::string& part);
  void rewind();
  std::size_t size() const { return size_; }  // bytes read since the last rewind, unpacked

 private:
  struct Unpacking;
  explicit Source(std::filesystem::path file);
  kernel::Status fill(std::string& part);
  kernel::Status unpack(std::string& part);
  kernel::Status as_it_was() const;

  std::filesystem::path file_;
  int fd_ = -1;
  struct stat opened_ {};
  std::size_t at_ = 0, size_ = 0;
  bool packed_ = false;
  std::unique_ptr<Unpacking> unpacking_;
};

// A small file as a whole.
kernel::Result<std::string> read_bytes(const std::filesystem::path& file);

}  // namespace intake
