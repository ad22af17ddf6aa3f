// <data>/sign_in.toml.

#include <toml++/toml.h>

#include <set>

#include "people/ways.h"
#include "tlog/files.h"

namespace people {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Error;
using kernel::Ok;
using kernel::Result;
using kernel::Status;

namespace {

// One table of the file, and where to say that something in it is wrong.
struct Place {
  const fs::path& file;
  const toml::table& table;

  Error wrong(std::string what) const {
    return {Code::invalid_input, std::move(what),
            file.string() + ":" + std::to_string(table.source().begin.line)};
  }
  std::string text(const char* key, std::string otherwise = "") const {
    return table[key].value_or(std::move(otherwise));
  }
  // A path as written, or beside the file.
  std::string path(const char* key) const {
    const std::string written = text(key);
    if (written.empty() || fs::path(written).is_absolute()) return written;
    return (file.parent_path() / written).string();
  }
  Result<std::string> secret(const char* key) const {
    const std::string from = path(key);
    if (from.empty()) return std::string();
    constexpr std::size_t most = 4096;
    TRY_ASSIGN(std::string all, tlog::read_whole(from, most));
    while (all.ends_with('\n') || all.ends_with('\r')) all.pop_back();
    if (all.empty()) return wrong(std::string(key) + ": " + from + " is empty");
    return all;
  }
};

enum class Kind { text, flag, number };

// Nothing but these, each of its kind: a setting mistyped must not be taken for one left out.
Status only(const Place& at, const std::map<std::string, Kind>& known) {
  for (const auto& [key, node] : at.table) {
    const auto found = known.find(std::string(key.str()));
    const std::string line = at.file.string() + ":" + std::to_string(node.source().begin.line);
    if (found == known.end())
      return Error{Code::invalid_input, "no such setting: " + std::string(key.str()), line};
    const bool fits = found->second == Kind::text   ? node.is_string()
                      : found->second == Kind::flag ? node.is_boolean()
                                                    : node.is_integer();
    if (!fits)
      return Error{Code::invalid_input, "not such a value: " + std::string(key.str()), line};
  }
  return Ok{};
}

bool on_this_machine(std::string_view url) {
  const auto begin = url.find("://");
  if (begin == url.npos) return false;
  std::string_view host = url.substr(begin + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  if (host.find('@') != host.npos) return false;
  if (host.starts_with("[::1]")) return true;
  host = host.substr(0, host.find(':'));
  return host == "127.0.0.1" || host == "localhost";
}

Result<int> timeout_of(const Place& at) {
  const std::int64_t wait = at.table["timeout_ms"].value_or(std::int64_t{5000});
  if (wait < 100 || wait > 60'000) return at.wrong("timeout_ms is 100 to 60000");
  return static_cast<int>(wait);
}

Status check_directory(const Place& at, const DirectorySettings& made) {
  const bool plain = made.url.starts_with("ldap://"), tls = made.url.starts_with("ldaps://");
  if (!plain && !tls) return at.wrong("url must begin with ldaps:// or ldap://");
  if (tls && made.start_tls) return at.wrong("start_tls is for ldap://; ldaps:// has TLS already");
  if (plain && !made.start_tls && !on_this_machine(made.url))
    return at.wrong("passwords would cross the network in clear: ldaps://, or start_tls = true");
  const bool by_search = !made.base.empty(), by_name = !made.user_dn.empty();
  if (by_search == by_name)
    return at.wrong("either base (search, then bind) or user_dn (bind as this name), and not both");
  if (by_search && made.filter.find("{name}") == made.filter.npos)
    return at.wrong("filter must hold {name}");
  if (by_name && made.user_dn.find("{name}") == made.user_dn.npos)
    return at.wrong("user_dn must hold {name}");
  if (by_search && (made.bind_dn.empty() || made.bind_password.empty()))
    return at.wrong("searching needs bind_dn and bind_password_file");
  return Ok{};
}

Result<DirectorySettings> read_directory(const Place& at) {
  TRY(only(at, {{"url", Kind::text},
                {"start_tls", Kind::flag},
                {"ca_file", Kind::text},
                {"timeout_ms", Kind::number},
                {"bind_dn", Kind::text},
                {"bind_password_file", Kind::text},
                {"base", Kind::text},
                {"filter", Kind::text},
                {"user_dn", Kind::text},
                {"id_attribute", Kind::text},
                {"name_attribute", Kind::text},
                {"group_attribute", Kind::text},
                {"group_base", Kind::text},
                {"group_filter", Kind::text},
                {"create", Kind::flag}}));
  DirectorySettings made;
  made.url = at.text("url");
  made.start_tls = at.table["start_tls"].value_or(false);
  made.ca_file = at.path("ca_file");
  TRY_ASSIGN(made.timeout_ms, timeout_of(at));
  made.bind_dn = at.text("bind_dn");
  TRY_ASSIGN(made.bind_password, at.secret("bind_password_file"));
  made.base = at.text("base");
  made.filter = at.text("filter", made.filter);
  made.user_dn = at.text("user_dn");
  made.id_attribute = at.text("id_attribute", made.id_attribute);
  made.name_attribute = at.text("name_attribute", made.name_attribute);
  made.group_attribute = at.text("group_attribute", made.group_attribute);
  made.group_base = at.text("group_base");
  made.group_filter = at.text("group_filter", made.group_filter);
  made.create = at.table["create"].value_or(false);
  TRY(check_directory(at, made));
  return made;
}

Status check_provider(const Place& at, const ProviderSettings& made) {
  for (const std::string& url : {made.issuer, made.redirect_uri}) {
    const bool clear = url.starts_with("http://") && on_this_machine(url);
    if (!clear && !url.starts_with("https://"))
      return at.wrong("issuer and redirect_uri must be https://");
  }
  if (!made.redirect_uri.ends_with("/sign-in/provider"))
    return at.wrong("redirect_uri is our address and /sign-in/provider, to the letter");
  if (made.client_id.empty() || made.name.empty())
    return at.wrong("name (on the button) and client_id are needed");
  if ((' ' + made.scope + ' ').find(" openid ") == std::string::npos)
    return at.wrong("scope must hold openid");
  return Ok{};
}

Result<ProviderSettings> read_provider(const Place& at) {
  TRY(only(at, {{"name", Kind::text},
                {"issuer", Kind::text},
                {"client_id", Kind::text},
                {"client_secret_file", Kind::text},
                {"redirect_uri", Kind::text},
                {"scope", Kind::text},
                {"user_claim", Kind::text},
                {"name_claim", Kind::text},
                {"group_claim", Kind::text},
                {"ca_file", Kind::text},
                {"timeout_ms", Kind::number},
                {"create", Kind::flag}}));
  ProviderSettings made;
  made.name = at.text("name");
  made.issuer = at.text("issuer");
  made.client_id = at.text("client_id");
  TRY_ASSIGN(made.client_secret, at.secret("client_secret_file"));
  made.redirect_uri = at.text("redirect_uri");
  made.scope = at.text("scope", made.scope);
  made.user_claim = at.text("user_claim", made.user_claim);
  made.name_claim = at.text("name_claim", made.name_claim);
  made.group_claim = at.text("group_claim", made.group_claim);
  made.ca_file = at.path("ca_file");
  TRY_ASSIGN(made.timeout_ms, timeout_of(at));
  made.create = at.table["create"].value_or(false);
  TRY(check_provider(at, made));
  return made;
}

Result<GroupRule> read_group(const Place& at) {
  TRY(only(at, {{"name", Kind::text}, {"role", Kind::text}, {"team", Kind::text}}));
  const auto role = http::parse_role(at.text("role"));
  if (!role || *role == http::Role::agency || *role == http::Role::machine)
    return at.wrong("a role is collector, lead, analyst, compliance, auditor or admin");
  GroupRule rule{.name = at.text("name"), .role = *role, .team = at.text("team")};
  if (rule.name.empty()) return at.wrong("a group needs its name");
  return rule;
}

Result<std::vector<GroupRule>> read_groups(const fs::path& file, const toml::table& root) {
  std::vector<GroupRule> rules;
  const toml::node* node = root.get("group");
  if (!node || !node->is_array_of_tables())
    return Place{file, root}.wrong("nobody could come in: say who may, in [[group]] tables");
  for (const toml::node& each : *node->as_array()) {
    TRY_ASSIGN(GroupRule rule, read_group({file, *each.as_table()}));
    rules.push_back(std::move(rule));
  }
  return rules;
}

Result<SignInSettings> settings_of(const fs::path& file, const toml::table& root) {
  const Place at{file, root};
  static const std::set<std::string> known = {"passwords", "ldap", "oidc", "group"};
  for (const auto& [key, node] : root)
    if (!known.contains(std::string(key.str())))
      return Error{Code::invalid_input, "no such setting: " + std::string(key.str()),
                   file.string() + ":" + std::to_string(node.source().begin.line)};
  SignInSettings made;
  const std::string passwords = at.text("passwords", "everyone");
  if (passwords != "everyone" && passwords != "admins")
    return at.wrong("passwords is everyone or admins");
  made.passwords_for_admins_only = passwords == "admins";
  for (const char* part : {"ldap", "oidc"})
    if (root.contains(part) && !root[part].is_table())
      return at.wrong(std::string(part) + " is a [table]");
  if (const toml::table* ldap = root["ldap"].as_table()) {
    TRY_ASSIGN(made.directory, read_directory({file, *ldap}));
  }
  if (const toml::table* oidc = root["oidc"].as_table()) {
    TRY_ASSIGN(made.provider, read_provider({file, *oidc}));
  }
  if (!made.directory && !made.provider) return at.wrong("neither [ldap] nor [oidc] is there");
  TRY_ASSIGN(made.groups, read_groups(file, root));
  return made;
}

}  // namespace

Result<SignInSettings> read_sign_in(const fs::path& file) {
  constexpr std::size_t most = 1024 * 1024;
  TRY_ASSIGN(const std::string text, tlog::read_whole(file, most));
  try {
    return settings_of(file, toml::parse(text, file.string()));
  } catch (const toml::parse_error& error) {  // the library's way to say no
    return Error{Code::invalid_input, std::string(error.description()),
                 file.string() + ":" + std::to_string(error.source().begin.line)};
  }
}

Result<std::shared_ptr<const Ways>> open_ways(const fs::path& data) {
  const fs::path file = data / "sign_in.toml";
  if (!fs::exists(file)) return std::shared_ptr<const Ways>();
  TRY_ASSIGN(SignInSettings settings, read_sign_in(file));
  return std::shared_ptr<const Ways>(std::make_shared<Ways>(std::move(settings)));
}

}  // namespace people
