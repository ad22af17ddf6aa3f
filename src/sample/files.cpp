#include "sample/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace sample {
namespace {

constexpr std::size_t large = 1 << 20;

constexpr std::array<std::string_view, 8> headers = {
    "customer_no,name,citizen_id,region_code,address,birth_date,language\n",
    "account_no,customer_no,product,opened_on,credit_limit_fen,daily_rate_ppm,billing_day,status\n",
    "account_no,as_of,principal_fen,interest_fen,late_fee_fen,instalment_fee_fen,cost_fen,"
    "overdue_fen,min_due_fen,oldest_due_date,next_due_date\n",
    "customer_no,contact_no,role,relation,channel,value,name,valid,source,consent\n",
    "account_no,guarantor_no,name,citizen_id,phone\n",
    "account_no,period,due_date,principal_fen,fee_fen,paid_fen\n",
    "payment_no,account_no,paid_on,amount_fen,channel\n",
    "customer_no,contact_no,contacted_at,channel,outcome,by\n"};

}  // namespace

kernel::Result<Files> Files::create(const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  Files made;
  made.folder_ = folder;
  for (std::size_t i = 0; i < file_names.size(); ++i) {
    const auto path = folder / (std::string(file_names[i]) + ".csv");
    made.files_[i].fd = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
    if (made.files_[i].fd < 0) {
      return kernel::Error{kernel::Code::unavailable, "cannot write the sample", path.string()};
    }
    made.files_[i].text = headers[i];
  }
  return made;
}

Files::Files(Files&& other) noexcept
    : files_(std::move(other.files_)), folder_(std::move(other.folder_)), failed_(other.failed_) {
  for (One& one : other.files_) one.fd = -1;
}

Files::~Files() {
  for (One& one : files_) {
    if (one.fd >= 0) ::close(one.fd);
  }
}

std::string& Files::text(File file) {
  return files_[static_cast<std::size_t>(file)].text;
}

void Files::write(std::size_t file) {
  One& one = files_[file];
  std::string_view rest = one.text;
  while (!failed_ && !rest.empty()) {
    const ssize_t n = ::write(one.fd, rest.data(), rest.size());
    if (n <= 0) {
      failed_ = true;
    } else {
      rest.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  one.text.clear();
}

void Files::flush() {
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (files_[i].text.size() > large) write(i);
  }
}

kernel::Status Files::close() {
  for (std::size_t i = 0; i < files_.size(); ++i) write(i);
  if (!failed_) return kernel::Ok{};
  return kernel::Error{kernel::Code::unavailable,
                       "the sample could not be written: is the disk full?", folder_.string()};
}

}  // namespace sample
