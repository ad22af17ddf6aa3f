#pragma once
// Files of columns: written and synced whole, read by memory-mapping.

#include <cstddef>
#include <filesystem>
#include <new>
#include <span>
#include <string>

#include "kernel/result.h"

namespace column {

// Columns start at a cache line, so that vector instructions read them aligned.
template <class T>
struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <class U>
  AlignedAllocator(const AlignedAllocator<U>&) {}
  T* allocate(std::size_t n) {
    return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t(64)));
  }
  void deallocate(T* p, std::size_t) { ::operator delete(p, std::align_val_t(64)); }
  bool operator==(const AlignedAllocator&) const { return true; }
};

class MappedFile {
 public:
  static kernel::Result<MappedFile> open(const std::filesystem::path& file);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();
  std::span<const char> bytes() const { return {data_, size_}; }

 private:
  MappedFile() = default;
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

// Not durable: whoever reads it is gone with whoever wrote it.
kernel::Status write_file(const std::filesystem::path& file, std::span<const char> bytes,
                          bool durable = true);
kernel::Status sync_folder(const std::filesystem::path& folder);

}  // namespace column
