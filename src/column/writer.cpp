#include "column/writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "column/stored.h"
#include "kernel/beside.h"
#include "kernel/hash.h"

namespace column {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Error;
using kernel::Status;

namespace {

constexpr std::size_t rows_at_once = Packed::segment_rows;
constexpr std::size_t bytes_at_once = std::size_t{1} << 20U;

// A file that grows at its end.
class Tail {
 public:
  explicit Tail(fs::path path) : path_(std::move(path)) {
    file_ = ::open(path_.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
  }
  Tail(const Tail&) = delete;
  Tail& operator=(const Tail&) = delete;
  ~Tail() {
    if (file_ >= 0) ::close(file_);
  }
  const fs::path& path() const { return path_; }
  std::size_t size() const { return size_; }

  Status put(std::string_view bytes) {
    TRY(put_at(size_, bytes));
    size_ += bytes.size();
    return kernel::Ok{};
  }
  Status put_at(std::size_t at, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(at));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return failed("cannot write");
      bytes.remove_prefix(static_cast<std::size_t>(n));
      at += static_cast<std::size_t>(n);
    }
    return kernel::Ok{};
  }
  // Hands its bytes on, some at a time.
  template <class Take>
  Status read(const Take& take) const {
    std::vector<char> some(std::min(bytes_at_once, size_));
    for (std::size_t at = 0; at < size_;) {
      const ssize_t n =
          ::pread(file_, some.data(), std::min(some.size(), size_ - at), static_cast<off_t>(at));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return failed("cannot read");
      TRY(take(std::string_view(some.data(), static_cast<std::size_t>(n))));
      at += static_cast<std::size_t>(n);
    }
    return kernel::Ok{};
  }
  Status sync() const {
    return ::fsync(file_) == 0 ? Status(kernel::Ok{}) : failed("cannot make durable");
  }
  void remove() const {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }

 private:
  Error failed(const char* what) const {
    return {Code::unavailable, std::string(what) + ": " + std::strerror(errno), path_.string()};
  }

  fs::path path_;
  int file_ = -1;
  std::size_t size_ = 0;
};

std::string_view view(const Bytes& bytes) {
  return {bytes.data(), bytes.size()};
}

}  // namespace

// A column of which some rows are written.
struct SheetWriter::Growing {
  std::string name;
  Type type = Type::i64;
  std::vector<std::string> words;
  std::size_t rows = 0;
  bool shared = false;  // its file is there, whole
  std::string sha256;   // once it is whole

  Packer packer;
  std::vector<std::int64_t> carry;  // numbers of the segment that is not full
  Bytes bits;                       // of segments not written yet
  kernel::Sha256 hash;
  std::unique_ptr<Tail> file, texts;
  std::size_t head_size = 0;  // kept free at the front of the file; 0: the bits lie in a file apart

  Status open(const fs::path& folder, const std::optional<std::size_t>& of_rows);
  Status add(const Sheet::Column& column, std::size_t count);
  template <class T>
  Status add_numbers(const Values<T>& values, T shift);
  Status add_texts(const Texts& of_texts);
  Status flush();
  Status make_whole();
  Status place(const fs::path& folder);
};

Status SheetWriter::Growing::open(const fs::path& folder,
                                  const std::optional<std::size_t>& of_rows) {
  if (of_rows) {
    head_size = Packer::head_size(*of_rows);
    file = std::make_unique<Tail>(folder / (name + packed_extension));
    TRY(file->put(std::string(head_size, '\0')));
  } else {
    file = std::make_unique<Tail>(folder / (name + ".bits"));
  }
  if (type == Type::text) texts = std::make_unique<Tail>(folder / (name + ".texts"));
  return kernel::Ok{};
}

template <class T>
Status SheetWriter::Growing::add_numbers(const Values<T>& values, T shift) {
  std::vector<T> some(rows_at_once);
  for (std::size_t begin = 0; begin < values.size();) {
    const std::size_t end = std::min(values.size(), begin + rows_at_once - carry.size());
    values.read(begin, end, some.data());
    const std::size_t count = end - begin;
    if (shift != 0) {
      for (std::size_t i = 0; i < count; ++i) some[i] = static_cast<T>(some[i] + shift);
    }
    hash.add({reinterpret_cast<const char*>(some.data()), count * sizeof(T)});
    carry.insert(carry.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(count));
    if (carry.size() == rows_at_once) TRY(flush());
    begin = end;
  }
  rows += values.size();
  if (bits.size() < bytes_at_once) return kernel::Ok{};
  TRY(file->put(view(bits)));
  bits.clear();
  return kernel::Ok{};
}

Status SheetWriter::Growing::add_texts(const Texts& of_texts) {
  if (of_texts.size() == 0) return kernel::Ok{};
  const std::string_view first = of_texts.at(0);
  const std::string_view last = of_texts.at(of_texts.size() - 1);
  const std::string_view all(first.data(),
                             static_cast<std::size_t>(last.data() + last.size() - first.data()));
  CHECK_MSG(texts->size() + all.size() < (1ULL << 32), "a text column holds less than 4 GiB");
  const std::uint32_t begin = of_texts.ends()[0] - static_cast<std::uint32_t>(first.size());
  TRY(add_numbers<std::uint32_t>(of_texts.ends(),
                                 static_cast<std::uint32_t>(texts->size()) - begin));
  return texts->put(all);
}

Status SheetWriter::Growing::add(const Sheet::Column& column, std::size_t count) {
  switch (type) {
    case Type::i8:
      return add_numbers<std::int8_t>(column.values<std::int8_t>(count), 0);
    case Type::i16:
    case Type::code:
      return add_numbers<std::int16_t>(column.values<std::int16_t>(count), 0);
    case Type::i32:
      return add_numbers<std::int32_t>(column.values<std::int32_t>(count), 0);
    case Type::i64:
      return add_numbers<std::int64_t>(column.values<std::int64_t>(count), 0);
    case Type::text:
      break;
  }
  return add_texts(column.texts(count));
}

Status SheetWriter::Growing::flush() {
  packer.add(carry, bits);
  carry.clear();
  return kernel::Ok{};
}

Status SheetWriter::Growing::make_whole() {
  if (!carry.empty()) TRY(flush());
  TRY(file->put(view(bits)));
  bits = Bytes();
  if (texts) {
    const Status hashed = texts->read([&](std::string_view some) {
      hash.add(some);
      return Status(kernel::Ok{});
    });
    TRY(hashed);
  }
  sha256 = hash.hex();
  return kernel::Ok{};
}

// What lies in parts becomes the column's file.
Status SheetWriter::Growing::place(const fs::path& folder) {
  const Bytes head = packer.head();
  if (head_size == head.size()) {
    TRY(file->put_at(0, view(head)));
  } else {
    CHECK_MSG(head_size == 0, ("another number of rows than was said: " + name).c_str());
    auto whole = std::make_unique<Tail>(folder / (name + packed_extension));
    TRY(whole->put(view(head)));
    TRY(file->read([&](std::string_view some) { return whole->put(some); }));
    file->remove();
    file = std::move(whole);
  }
  TRY(file->put(Packer::tail));
  if (texts) {
    TRY(texts->read([&](std::string_view some) { return file->put(some); }));
    texts->remove();
  }
  return kernel::Ok{};
}

SheetWriter::SheetWriter(fs::path folder, Options options)
    : folder_(std::move(folder)), options_(std::move(options)), made_(kernel::Ok{}) {
  std::error_code error;
  fs::remove_all(folder_, error);
  fs::create_directories(folder_, error);
  if (error) {
    made_ =
        Error{Code::unavailable, "cannot make the folder: " + error.message(), folder_.string()};
  }
}
SheetWriter::SheetWriter(SheetWriter&&) noexcept = default;
SheetWriter::~SheetWriter() = default;

bool SheetWriter::agrees(const Sheet& block, const std::vector<std::string>& names) const {
  for (const auto& column : columns_) {
    if (column->type != Type::code || column->rows == 0 ||
        std::find(names.begin(), names.end(), column->name) == names.end())
      continue;
    if (block.find(column->name, Type::code).words != column->words) return false;
  }
  return true;
}

SheetWriter::Growing& SheetWriter::place(const Sheet& block, const std::string& name) {
  for (const auto& column : columns_) {
    if (column->name == name) return *column;
  }
  auto column = std::make_unique<Growing>();
  column->name = name;
  column->type = block.type(name);
  columns_.push_back(std::move(column));
  return *columns_.back();
}

Status SheetWriter::over_columns(std::size_t count,
                                 const std::function<Status(std::size_t)>& work) const {
  std::vector<Status> done(count, kernel::Ok{});
  kernel::over_each(count, options_.threads, [&](std::size_t i) { done[i] = work(i); });
  for (const Status& status : done) TRY(status);
  return kernel::Ok{};
}

Status SheetWriter::append(const Sheet& block, const std::vector<std::string>& names) {
  TRY(made_);
  std::vector<std::pair<Growing*, const Sheet::Column*>> columns;
  for (const std::string& name : names.empty() ? block.names() : names) {
    Growing& own = place(block, name);
    const Sheet::Column& column = block.find(name, own.type);
    if (!own.file) {
      own.words = column.words;
      TRY(own.open(folder_, options_.rows));
    }
    CHECK_MSG(own.words == column.words, ("a block of other words: " + name).c_str());
    columns.emplace_back(&own, &column);
  }
  return over_columns(columns.size(), [&](std::size_t i) {
    return columns[i].first->add(*columns[i].second, block.rows_);
  });
}

Status SheetWriter::share(const Sheet& sheet, const std::string& name) {
  TRY(made_);
  Growing& own = place(sheet, name);
  const Sheet::Column& column = sheet.find(name, own.type);
  own.words = column.words;
  if (!column.is_file(sheet.rows_)) {  // it has to be written after all
    TRY(own.open(folder_, std::nullopt));
    return own.add(column, sheet.rows_);
  }
  own.sha256 = column.file->sha256;
  own.rows = sheet.rows_;
  own.shared = true;
  return sheet.save_column(column, own.sha256, folder_, Sheet::Saving());
}

// Every column's file, as it will lie there.
Status SheetWriter::put_whole() {
  TRY(made_);
  if (std::exchange(placed_, true)) return kernel::Ok{};
  const auto place_of = [&](const std::unique_ptr<Growing>& column) {
    return std::find(options_.order.begin(), options_.order.end(), column->name) -
           options_.order.begin();
  };
  std::stable_sort(columns_.begin(), columns_.end(),
                   [&](const auto& a, const auto& b) { return place_of(a) < place_of(b); });
  const std::size_t rows = columns_.empty() ? 0 : columns_.front()->rows;
  for (const auto& column : columns_) CHECK_MSG(column->rows == rows, "columns of one length");
  return over_columns(columns_.size(), [&](std::size_t i) -> Status {
    Growing& column = *columns_[i];
    if (column.shared) return kernel::Ok{};
    TRY(column.make_whole());
    const Sheet::File* same =
        options_.like == nullptr
            ? nullptr
            : options_.like->file_like(column.name, column.type, column.sha256);
    const fs::path link = folder_ / (column.name + ".same");
    if (same == nullptr || !Sheet::link(*same, link)) return column.place(folder_);
    column.file->remove();
    column.file.reset();
    if (column.texts) column.texts->remove();
    std::error_code error;
    fs::rename(link, folder_ / (column.name + packed_extension), error);
    if (error) return Error{Code::unavailable, "cannot place: " + error.message(), link.string()};
    return kernel::Ok{};
  });
}

Status SheetWriter::save_manifest(bool durable) const {
  std::vector<Described> described;
  for (const auto& column : columns_) {
    described.push_back({column->name, column->type, column->sha256, column->words});
  }
  return write_manifest(folder_, columns_.empty() ? 0 : columns_.front()->rows, described, durable);
}

Status SheetWriter::place() {
  TRY(put_whole());
  return save_manifest(false);
}

Status SheetWriter::finish() {
  TRY(put_whole());
  TRY(over_columns(columns_.size(), [&](std::size_t i) {
    const auto& file = columns_[i]->file;
    return file ? file->sync() : Status(kernel::Ok{});
  }));
  TRY(save_manifest(true));
  return sync_folder(folder_.has_parent_path() ? folder_.parent_path() : fs::path("."));
}

}  // namespace column
