#pragma once
// Is this the password of this name in the house's directory? By libldap, one connection a
// question: LDAPS or StartTLS with the certificate checked, referrals not followed, bounded in
// time. Never sent: an empty password, which a directory takes for nobody in particular and
// welcomes.

#include <optional>
#include <string>
#include <string_view>

#include "kernel/result.h"
#include "people/vouched.h"

namespace people {

struct DirectorySettings {
  std::string url;         // ldaps://host, or ldap://host with start_tls
  bool start_tls = false;  // in clear only to this machine itself
  std::string ca_file;     // PEM; empty: the system's
  int timeout_ms = 5'000;
  // Search, then bind: as this account…
  std::string bind_dn, bind_password;
  std::string base, filter = "(uid={name})";
  // …or bind at once as the name put into this.
  std::string user_dn;
  std::string id_attribute = "entryUUID", name_attribute = "cn";
  std::string group_attribute = "memberOf";                // of the person's entry; or
  std::string group_base, group_filter = "(member={dn})";  // groups whose entries name the person
  bool create = false;
};

class Directory {
 public:
  explicit Directory(DirectorySettings settings) : settings_(std::move(settings)) {}
  // Nothing: the two do not belong together. Error: unavailable, with what to look at.
  kernel::Result<std::optional<Vouched>> check(const std::string& user_name,
                                               const std::string& password) const;

 private:
  DirectorySettings settings_;
};

std::string escape_filter(std::string_view value);  // RFC 4515
std::string escape_dn(std::string_view value);      // RFC 4514
std::string plain_dn(const std::string& name);      // one spelling; what is no DN as it stands

}  // namespace people
