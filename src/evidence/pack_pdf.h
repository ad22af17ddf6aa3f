#pragma once
// A report as PDF, A4, Chinese and English: headings, paragraphs, pairs and tables laid out over
// pages with numbers. The same calls give the same bytes on the same machine (its fonts are in it).

#include <memory>
#include <string>
#include <vector>

#include "kernel/date.h"
#include "kernel/result.h"

namespace evidence {

class Pdf {
 public:
  struct About {
    std::string title, subtitle, footer;
    kernel::Instant made_at;
  };
  explicit Pdf(About about);
  ~Pdf();

  void heading(const std::string& text);
  void paragraph(const std::string& text);
  void note(const std::string& text);  // small and grey
  void pairs(const std::vector<std::pair<std::string, std::string>>& rows);
  struct Column {
    std::string title;
    double share;       // of the width; all together 1
    bool mono = false;  // hashes, codes
  };
  // A row never breaks over pages; the titles stand again on each page.
  void table(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows);

  // The file. Error: unavailable, where a letter has no font on this machine.
  kernel::Result<std::string> finish();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace evidence
