#include <algorithm>
#include <thread>

#include "book/types.h"

namespace book {

kernel::Status try_over_rows(
    std::size_t rows, unsigned threads,
    const std::function<kernel::Status(std::size_t begin, std::size_t end)>& work) {
  // Below this a thread costs more than the rows.
  constexpr std::size_t rows_min = 16'384;
  const std::size_t parts = std::clamp<std::size_t>(rows / rows_min, 1, std::max(threads, 1U));
  if (parts == 1) return rows == 0 ? kernel::Status(kernel::Ok{}) : work(0, rows);
  std::vector<kernel::Status> done(parts, kernel::Ok{});
  std::vector<std::thread> running;
  for (std::size_t part = 0; part < parts; ++part) {
    running.emplace_back(
        [&, part] { done[part] = work(rows * part / parts, rows * (part + 1) / parts); });
  }
  for (std::thread& thread : running) thread.join();
  for (const kernel::Status& status : done) TRY(status);
  return kernel::Ok{};
}

void over_rows(std::size_t rows, unsigned threads,
               const std::function<void(std::size_t begin, std::size_t end)>& work) {
  const kernel::Status done = try_over_rows(rows, threads, [&](std::size_t begin, std::size_t end) {
    work(begin, end);
    return kernel::Status(kernel::Ok{});
  });
  CHECK(done);
}

}  // namespace book
