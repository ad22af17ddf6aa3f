#pragma once
// Secret<Tag>: a name, number, address or note of a person, in memory. It cannot be printed,
// logged, compared or serialised; the vault (store/vault.h) seals it for disk, and reading it takes
// a Disclosure, which only store::Transaction::disclose makes, leaving a fact with purpose and
// reader.

#include <string>
#include <string_view>
#include <utility>

namespace store {
class Transaction;
class Vault;
}  // namespace store

namespace gate {
class Gate;
}
namespace rights {
class Copy;
}

namespace kernel {

// Proof that a fact was written about who reads what, and why.
class Disclosure {
 public:
  Disclosure(const Disclosure&) = delete;
  Disclosure& operator=(const Disclosure&) = delete;

 private:
  friend class store::Transaction;
  Disclosure() = default;
};

// Proof that a permit to contact somebody was spent, and a fact written about who was shown where:
// what opens a telephone number or an address. Only the gate gives one (gate::Gate::disclose), and
// rights::Copy while it makes the copy that a person asked for and two of us agreed to: their own.
class ContactDisclosure {
 public:
  ContactDisclosure(ContactDisclosure&&) = default;
  ContactDisclosure& operator=(ContactDisclosure&&) = default;
  ContactDisclosure(const ContactDisclosure&) = delete;
  ContactDisclosure& operator=(const ContactDisclosure&) = delete;

 private:
  friend class gate::Gate;
  friend class rights::Copy;
  ContactDisclosure() {}  // not defaulted: nobody else makes one with braces
};

// What it takes to read a Secret of this kind; kinds by which a person is reached say otherwise.
template <class Tag>
struct OpenedBy {
  using type = Disclosure;
};

// What may be shown without a reason: 138****1234, 张*, 1101**********1234, 北京市****.
std::string mask_phone(std::string_view phone);
std::string mask_name(std::string_view name);
std::string mask_citizen_id(std::string_view citizen_id);
std::string mask_address(std::string_view address);
std::string mask_account_no(std::string_view account_no);

template <class Tag>
class Secret {
 public:
  static Secret take(std::string plain) { return Secret(std::move(plain)); }
  std::string_view reveal(const typename OpenedBy<Tag>::type&) const { return plain_; }
  std::string masked() const { return Tag::mask(plain_); }
  bool empty() const { return plain_.empty(); }

 private:
  friend class store::Vault;
  explicit Secret(std::string plain) : plain_(std::move(plain)) {}
  std::string plain_;
};

struct NameTag {
  static std::string mask(std::string_view s) { return mask_name(s); }
};
struct PhoneTag {
  static std::string mask(std::string_view s) { return mask_phone(s); }
};
struct CitizenIdTag {
  static std::string mask(std::string_view s) { return mask_citizen_id(s); }
};
struct AddressTag {
  static std::string mask(std::string_view s) { return mask_address(s); }
};
struct NoteTag {
  static std::string mask(std::string_view) { return "****"; }
};

using Name = Secret<NameTag>;
using Phone = Secret<PhoneTag>;
using CitizenId = Secret<CitizenIdTag>;
using Address = Secret<AddressTag>;
using Note = Secret<NoteTag>;

}  // namespace kernel
