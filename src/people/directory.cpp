#include "people/directory.h"

#include <ldap.h>
#include <sys/time.h>

#include <memory>

#include "kernel/hash.h"

namespace people {

using kernel::Code;
using kernel::Error;
using kernel::Ok;
using kernel::Result;
using kernel::Status;

namespace {

struct Unbind {
  void operator()(LDAP* ldap) const { ldap_unbind_ext_s(ldap, nullptr, nullptr); }
};
using Connection = std::unique_ptr<LDAP, Unbind>;
struct FreeMessage {
  void operator()(LDAPMessage* message) const { ldap_msgfree(message); }
};
using Message = std::unique_ptr<LDAPMessage, FreeMessage>;

Error failed(const DirectorySettings& settings, const std::string& what, int code) {
  return {Code::unavailable, what + ": " + ldap_err2string(code), settings.url};
}

timeval wait_of(const DirectorySettings& settings) {
  return {settings.timeout_ms / 1000, (settings.timeout_ms % 1000) * 1000};
}

// The directory was not reached, or the answer is not about the password.
bool is_outage(int code) {
  return code < 0 || code == LDAP_BUSY || code == LDAP_UNAVAILABLE || code == LDAP_OTHER ||
         code == LDAP_PROTOCOL_ERROR || code == LDAP_OPERATIONS_ERROR ||
         code == LDAP_CONFIDENTIALITY_REQUIRED || code == LDAP_STRONG_AUTH_REQUIRED;
}

Status set_tls(LDAP* ldap, const DirectorySettings& settings) {
  const int demand = LDAP_OPT_X_TLS_DEMAND, oldest = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2, client = 0;
  bool ok = ldap_set_option(ldap, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) == 0 &&
            ldap_set_option(ldap, LDAP_OPT_X_TLS_PROTOCOL_MIN, &oldest) == 0;
  if (!settings.ca_file.empty())
    ok = ok && ldap_set_option(ldap, LDAP_OPT_X_TLS_CACERTFILE, settings.ca_file.c_str()) == 0;
  ok = ok && ldap_set_option(ldap, LDAP_OPT_X_TLS_NEWCTX, &client) == 0;
  if (!ok) return Error{Code::unavailable, "TLS cannot be set up; is ca_file right?", settings.url};
  return Ok{};
}

Result<Connection> connect(const DirectorySettings& settings) {
  LDAP* raw = nullptr;
  if (const int code = ldap_initialize(&raw, settings.url.c_str()); code != LDAP_SUCCESS)
    return failed(settings, "the address of the directory is not understood", code);
  Connection ldap(raw);
  const int version = LDAP_VERSION3;
  const timeval wait = wait_of(settings);
  ldap_set_option(raw, LDAP_OPT_PROTOCOL_VERSION, &version);
  ldap_set_option(raw, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
  ldap_set_option(raw, LDAP_OPT_RESTART, LDAP_OPT_OFF);
  ldap_set_option(raw, LDAP_OPT_NETWORK_TIMEOUT, &wait);
  ldap_set_option(raw, LDAP_OPT_TIMEOUT, &wait);
  if (settings.start_tls || settings.url.starts_with("ldaps:")) TRY(set_tls(raw, settings));
  if (settings.start_tls)
    if (const int code = ldap_start_tls_s(raw, nullptr, nullptr); code != LDAP_SUCCESS)
      return failed(settings, "no protected connection to the directory", code);
  return ldap;
}

int bind(LDAP* ldap, const std::string& dn, const std::string& password) {
  berval secret{password.size(), const_cast<char*>(password.data())};
  return ldap_sasl_bind_s(ldap, dn.c_str(), LDAP_SASL_SIMPLE, &secret, nullptr, nullptr, nullptr);
}

std::string put_name(std::string pattern, std::string_view place, const std::string& value) {
  for (std::size_t at = pattern.find(place); at != pattern.npos;
       at = pattern.find(place, at + value.size()))
    pattern.replace(at, place.size(), value);
  return pattern;
}

std::vector<std::string> values(LDAP* ldap, LDAPMessage* entry, const std::string& attribute) {
  std::vector<std::string> all;
  berval** found = ldap_get_values_len(ldap, entry, attribute.c_str());
  if (!found) return all;
  for (berval** one = found; *one; ++one) all.emplace_back((*one)->bv_val, (*one)->bv_len);
  ldap_value_free_len(found);
  return all;
}

std::string dn_of(LDAP* ldap, LDAPMessage* entry) {
  char* dn = ldap_get_dn(ldap, entry);
  std::string text = dn ? dn : "";
  ldap_memfree(dn);
  return text;
}

struct Search {
  std::string base, filter;
  int scope = LDAP_SCOPE_SUBTREE;
  std::vector<std::string> attributes;
  int most = 2;
};

// Nothing: no such place. More than `most` entries is an error, not a shorter answer.
Result<Message> search(LDAP* ldap, const DirectorySettings& settings, const Search& asked) {
  std::vector<char*> names;
  for (const std::string& name : asked.attributes) names.push_back(const_cast<char*>(name.c_str()));
  names.push_back(nullptr);
  timeval wait = wait_of(settings);
  LDAPMessage* raw = nullptr;
  const int code = ldap_search_ext_s(ldap, asked.base.c_str(), asked.scope, asked.filter.c_str(),
                                     names.data(), 0, nullptr, nullptr, &wait, asked.most, &raw);
  Message message(raw);
  if (code == LDAP_NO_SUCH_OBJECT) return Message();
  if (code != LDAP_SUCCESS)
    return failed(settings, "the directory does not answer a search under " + asked.base, code);
  return message;
}

struct Person {
  std::string dn;
  Vouched vouched;
};

Result<std::optional<Person>> read_person(LDAP* ldap, const DirectorySettings& settings,
                                          const Search& asked) {
  TRY_ASSIGN(const Message message, search(ldap, settings, asked));
  std::optional<Person> none;
  if (!message || ldap_count_entries(ldap, message.get()) != 1) return none;  // not one: nobody
  LDAPMessage* entry = ldap_first_entry(ldap, message.get());
  const auto ids = values(ldap, entry, settings.id_attribute);
  const auto names = values(ldap, entry, settings.name_attribute);
  Person person{.dn = dn_of(ldap, entry), .vouched = {}};
  if (person.dn.empty()) return none;
  if (ids.size() != 1 || ids.front().empty())
    return Error{Code::unavailable,
                 "an entry without one " + settings.id_attribute + "; set id_attribute",
                 settings.url};
  person.vouched.subject = kernel::hex(ids.front());  // may be bytes (objectGUID)
  if (!names.empty()) person.vouched.shown_name = names.front();
  if (settings.group_base.empty())
    person.vouched.groups = values(ldap, entry, settings.group_attribute);
  return std::optional<Person>(std::move(person));
}

Status read_groups(LDAP* ldap, const DirectorySettings& settings, const std::string& user_name,
                   Person& person) {
  if (settings.group_base.empty()) return Ok{};
  constexpr int groups_most = 1000;
  std::string filter = put_name(settings.group_filter, "{dn}", escape_filter(person.dn));
  filter = put_name(std::move(filter), "{name}", escape_filter(user_name));
  TRY_ASSIGN(const Message message, search(ldap, settings,
                                           {.base = settings.group_base,
                                            .filter = std::move(filter),
                                            .attributes = {LDAP_NO_ATTRS},
                                            .most = groups_most}));
  if (!message) return Ok{};
  for (LDAPMessage* one = ldap_first_entry(ldap, message.get()); one;
       one = ldap_next_entry(ldap, one))
    person.vouched.groups.push_back(dn_of(ldap, one));
  return Ok{};
}

// False: the password is not right (or the account may not sign in: a directory need not say).
Result<bool> bind_as(LDAP* ldap, const DirectorySettings& settings, const std::string& dn,
                     const std::string& password) {
  const int code = bind(ldap, dn, password);
  if (code == LDAP_SUCCESS) return true;
  if (is_outage(code)) return failed(settings, "the directory does not judge a password", code);
  return false;
}

std::vector<std::string> attributes_of(const DirectorySettings& settings) {
  return {settings.id_attribute, settings.name_attribute, settings.group_attribute};
}

Result<std::optional<Person>> search_then_bind(const DirectorySettings& settings,
                                               const std::string& user_name,
                                               const std::string& password) {
  TRY_ASSIGN(const Connection service, connect(settings));
  if (const int code = bind(service.get(), settings.bind_dn, settings.bind_password);
      code != LDAP_SUCCESS)
    return failed(settings, "the directory refuses bind_dn; is bind_password_file right?", code);
  TRY_ASSIGN(std::optional<Person> person,
             read_person(service.get(), settings,
                         {.base = settings.base,
                          .filter = put_name(settings.filter, "{name}", escape_filter(user_name)),
                          .attributes = attributes_of(settings)}));
  if (!person) return person;
  TRY_ASSIGN(const Connection own, connect(settings));
  TRY_ASSIGN(const bool right, bind_as(own.get(), settings, person->dn, password));
  if (!right) return std::optional<Person>();
  TRY(read_groups(service.get(), settings, user_name, *person));
  return person;
}

Result<std::optional<Person>> bind_by_name(const DirectorySettings& settings,
                                           const std::string& user_name,
                                           const std::string& password) {
  TRY_ASSIGN(const Connection own, connect(settings));
  const std::string dn = put_name(settings.user_dn, "{name}", escape_dn(user_name));
  TRY_ASSIGN(const bool right, bind_as(own.get(), settings, dn, password));
  if (!right) return std::optional<Person>();
  TRY_ASSIGN(std::optional<Person> person, read_person(own.get(), settings,
                                                       {.base = dn,
                                                        .filter = "(objectClass=*)",
                                                        .scope = LDAP_SCOPE_BASE,
                                                        .attributes = attributes_of(settings)}));
  if (person) TRY(read_groups(own.get(), settings, user_name, *person));
  return person;
}

}  // namespace

Result<std::optional<Vouched>> Directory::check(const std::string& user_name,
                                                const std::string& password) const {
  std::optional<Vouched> none;
  if (password.empty()) return none;
  TRY_ASSIGN(auto person, settings_.user_dn.empty()
                              ? search_then_bind(settings_, user_name, password)
                              : bind_by_name(settings_, user_name, password));
  if (!person) return none;
  Vouched& vouched = person->vouched;
  vouched.by = SignInBy::directory;
  vouched.source = "directory";
  vouched.user_name = user_name;
  vouched.create = settings_.create;
  if (vouched.shown_name.empty()) vouched.shown_name = user_name;
  return std::optional<Vouched>(std::move(vouched));
}

std::string escape_filter(std::string_view value) {
  std::string text;
  for (const char c : value) {
    const bool plain = c != '*' && c != '(' && c != ')' && c != '\\' && c != '\0';
    text += plain ? std::string(1, c) : '\\' + kernel::hex(std::string_view(&c, 1));
  }
  return text;
}

std::string escape_dn(std::string_view value) {
  std::string text;
  for (std::size_t at = 0; at < value.size(); ++at) {
    const char c = value[at];
    const bool edge_blank = c == ' ' && (at == 0 || at + 1 == value.size());
    const bool special = std::string_view(",+\"\\<>;=#").find(c) != std::string_view::npos;
    const bool escaped = special || edge_blank || c == '\0';
    text += escaped ? '\\' + kernel::hex(std::string_view(&c, 1)) : std::string(1, c);
  }
  return text;
}

std::string plain_dn(const std::string& name) {
  LDAPDN parsed = nullptr;
  char* text = nullptr;
  std::string plain = name;
  if (name.find('\0') == name.npos &&  // libldap would read only what is before it
      ldap_str2dn(name.c_str(), &parsed, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS && parsed &&
      ldap_dn2str(parsed, &text, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS && text) {
    plain = text;
    for (char& c : plain)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  ldap_memfree(text);
  if (parsed) ldap_dnfree(parsed);
  return plain;
}

}  // namespace people
