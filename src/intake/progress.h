#pragma once
// A bar on stderr while an import runs, redrawn in place at most ten times a second. Silent unless
// wanted: the caller knows whether a person is watching.

#include <chrono>
#include <cstddef>
#include <string>

namespace intake {

class Progress {
 public:
  Progress(bool wanted, std::size_t bytes_total) : wanted_(wanted), total_(bytes_total) {}
  ~Progress() { done(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const std::string& what, std::size_t bytes_done);
  void stage(const std::string& what);  // without a measure
  void done();                          // wipes the line

 private:
  void draw(const std::string& line);
  bool wanted_;
  std::size_t total_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_{};  // of drawing only, never of data
};

}  // namespace intake
