#pragma once
// The built pages, read into memory once: nothing a client sends ever becomes a file name.
// Unknown addresses without a dot get index.html, so that the pages' own router can show them.

#include <filesystem>
#include <map>
#include <string>

#include "http/route.h"
#include "kernel/result.h"

namespace server {

class Pages {
 public:
  Pages() = default;  // no pages: 404
  static kernel::Result<Pages> load(const std::filesystem::path& folder);
  http::Response answer(const http::Request& request) const;

 private:
  struct File {
    std::string content_type, bytes, gzip, etag;
    bool for_ever = false;  // its name holds its hash
  };
  http::Response answer_file(const File& file, const http::Request& request) const;

  std::map<std::string, File> files_;  // by address: "/assets/index-3f2a.js"
};

}  // namespace server
