#pragma once
// The root key: it wraps the data keys of a store and nothing else, and never lies in the store.
// Enters: where it is kept: a path (64 hexadecimal digits, 0600), env:NAME (the same digits), or
// credential:NAME (a file of $CREDENTIALS_DIRECTORY, systemd). Leaves: wrapped keys, and keys
// again. Never true: a root key in an error's text.

#include <memory>
#include <string>
#include <string_view>

#include "kernel/result.h"

namespace store {

class Root {
 public:
  virtual ~Root() = default;
  // Names it for people and in the store, and tells nothing of the key: 16 hexadecimal digits.
  virtual std::string id() const = 0;
  // `beside` says which key this is; wrapped bytes do not open as another.
  virtual kernel::Result<std::string> wrap(std::string_view beside, std::string_view key) const = 0;
  virtual kernel::Result<std::string> unwrap(std::string_view beside,
                                             std::string_view wrapped) const = 0;
  // A key that a store of the time before data keys was sealed with; empty where there is none.
  virtual std::string first_format(std::string_view /*label*/) const { return {}; }
};

// `create`: a file, or a key in a token, that is not there is made.
kernel::Result<std::unique_ptr<Root>> open_root(const std::string& kept_at, bool create);
// Overwrites and removes a root's file, or destroys the key in its token; what is kept elsewhere is
// an Error that says who must.
kernel::Status destroy_root_key(const std::string& kept_at);
bool is_file_root(const std::string& kept_at);

}  // namespace store
