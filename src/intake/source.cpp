#include "intake/source.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <utility>

namespace intake {
namespace {

using kernel::Code;
using kernel::Error;

constexpr std::size_t part_bytes = 256 * 1024;

}  // namespace

// A gzip file on its way: what was read of it, and how far that is unpacked.
struct Source::Unpacking {
  Unpacking() { CHECK(inflateInit2(&stream, 15 + 16) == Z_OK); }  // 16: gzip framing
  Unpacking(const Unpacking&) = delete;
  Unpacking& operator=(const Unpacking&) = delete;
  ~Unpacking() { inflateEnd(&stream); }

  z_stream stream{};
  std::string packed;
  bool ended = false;
};

Source::Source(std::filesystem::path file) : file_(std::move(file)) {}
Source::Source(Source&& other) noexcept
    : file_(std::move(other.file_)),
      fd_(std::exchange(other.fd_, -1)),
      opened_(other.opened_),
      at_(other.at_),
      size_(other.size_),
      packed_(other.packed_),
      unpacking_(std::move(other.unpacking_)) {}
Source& Source::operator=(Source&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(fd_, other.fd_);
  std::swap(opened_, other.opened_);
  std::swap(at_, other.at_);
  std::swap(size_, other.size_);
  std::swap(packed_, other.packed_);
  std::swap(unpacking_, other.unpacking_);
  return *this;
}
Source::~Source() {
  if (fd_ >= 0) ::close(fd_);
}

kernel::Result<Source> Source::open(const std::filesystem::path& file) {
  Source source(file);
  source.fd_ = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (source.fd_ < 0 || ::fstat(source.fd_, &source.opened_) != 0 ||
      !S_ISREG(source.opened_.st_mode)) {
    return Error{Code::not_found, "the file is not there or cannot be read", file.string()};
  }
  unsigned char magic[2] = {};
  source.packed_ =
      ::pread(source.fd_, magic, sizeof magic, 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
  source.rewind();
  return source;
}

void Source::rewind() {
  at_ = size_ = 0;
  unpacking_ = packed_ ? std::make_unique<Unpacking>() : nullptr;
}

kernel::Status Source::read(std::string& part) {
  if (packed_) {
    TRY(unpack(part));
  } else {
    TRY(fill(part));
  }
  size_ += part.size();
  return part.empty() ? as_it_was() : kernel::Ok{};
}

// What was hashed first must be what is read then.
kernel::Status Source::as_it_was() const {
  struct stat now {};
  if (::fstat(fd_, &now) == 0 && now.st_size == opened_.st_size &&
      now.st_mtim.tv_sec == opened_.st_mtim.tv_sec &&
      now.st_mtim.tv_nsec == opened_.st_mtim.tv_nsec) {
    return kernel::Ok{};
  }
  return Error{Code::conflict, "the file was written to while it was read; import it again",
               file_.string()};
}

kernel::Status Source::fill(std::string& part) {
  part.resize(part_bytes);
  ssize_t n = 0;
  do {
    n = ::pread(fd_, part.data(), part.size(), static_cast<off_t>(at_));
  } while (n < 0 && errno == EINTR);
  part.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  at_ += part.size();
  if (n >= 0) return kernel::Ok{};
  return Error{Code::unavailable, "the file could not be read to its end", file_.string()};
}

kernel::Status Source::unpack(std::string& part) {
  const auto damaged = [&] {
    return Error{Code::invalid_input, "the gzip file is cut off or damaged; send it again",
                 file_.string()};
  };
  Unpacking& of = *unpacking_;
  z_stream& stream = of.stream;
  part.resize(part_bytes);
  stream.next_out = reinterpret_cast<Bytef*>(part.data());
  stream.avail_out = static_cast<uInt>(part.size());
  while (stream.avail_out > 0) {
    if (stream.avail_in == 0) {
      TRY(fill(of.packed));
      stream.next_in = reinterpret_cast<Bytef*>(of.packed.data());
      stream.avail_in = static_cast<uInt>(of.packed.size());
      if (stream.avail_in == 0) {
        if (!of.ended) return damaged();
        break;
      }
    }
    if (of.ended && inflateReset(&stream) != Z_OK) return damaged();  // files joined end to end
    const int state = inflate(&stream, Z_NO_FLUSH);
    if (state != Z_OK && state != Z_STREAM_END) return damaged();
    of.ended = state == Z_STREAM_END;
  }
  part.resize(part.size() - stream.avail_out);
  return kernel::Ok{};
}

kernel::Result<std::string> read_bytes(const std::filesystem::path& file) {
  TRY_ASSIGN(Source source, Source::open(file));
  std::string all, part;
  do {
    TRY(source.read(part));
    all += part;
  } while (!part.empty());
  return all;
}

}  // namespace intake
