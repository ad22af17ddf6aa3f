#include <archive.h>
#include <archive_entry.h>

#include <memory>

#include "evidence/types.h"

namespace evidence {

namespace {

struct ArchiveFree {
  void operator()(archive* a) const { archive_write_free(a); }
};
struct EntryFree {
  void operator()(archive_entry* e) const { archive_entry_free(e); }
};

la_ssize_t append_bytes(archive*, void* into, const void* bytes, std::size_t size) {
  static_cast<std::string*>(into)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

}  // namespace

kernel::Result<std::string> make_zip(const std::vector<ZipFile>& files) {
  std::string bytes;
  const std::unique_ptr<archive, ArchiveFree> out(archive_write_new());
  bool good =
      archive_write_set_format_zip(out.get()) == ARCHIVE_OK &&
      archive_write_set_options(out.get(), "zip:hdrcharset=UTF-8") == ARCHIVE_OK &&
      archive_write_open2(out.get(), &bytes, nullptr, append_bytes, nullptr, nullptr) == ARCHIVE_OK;
  for (const ZipFile& file : files) {
    const std::unique_ptr<archive_entry, EntryFree> entry(archive_entry_new());
    archive_entry_set_pathname_utf8(entry.get(), file.name.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), file.program ? 0755 : 0644);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.bytes.size()));
    good = good && archive_write_header(out.get(), entry.get()) == ARCHIVE_OK &&
           archive_write_data(out.get(), file.bytes.data(), file.bytes.size()) ==
               static_cast<la_ssize_t>(file.bytes.size());
  }
  good = good && archive_write_close(out.get()) == ARCHIVE_OK;
  if (!good) return kernel::Error{kernel::Code::unavailable, "the ZIP file could not be made", ""};
  return bytes;
}

}  // namespace evidence
