#pragma once
// The office of the tests with documents: cases C1 and C2 with a book, and the records' tables.
// Only tests include this.

#include "records/types.h"
#include "tests/office.h"

namespace records {

inline std::vector<store::Migration> test_schema() {
  std::vector<store::Migration> all = tests::office_schema();
  all.insert(all.end(), schema().begin(), schema().end());
  return all;
}

inline void in_each_records_office(
    const std::function<void(tests::Office&, const std::filesystem::path& data)>& body) {
  tests::for_each_store(test_schema(), [&](store::Store& store, const std::filesystem::path& f) {
    tests::Office office(store, f);
    body(office, f / "data");
  });
}

inline approval::Setup test_approvals() {
  return tests::approval_setup({lift_effect()});
}

template <class T>
T must(kernel::Result<T> result) {
  CHECK_MSG(static_cast<bool>(result), result ? "" : result.error().message.c_str());
  return std::move(result).value();
}

inline Document add_pdf(tests::Office& office, const std::filesystem::path& data,
                        const std::string& text = "one", const std::string& customer_no = "C1") {
  return must(add_document(
      office.store(), data,
      {.customer_no = customer_no, .kind = "letter", .file_name = "欧阳娜娜.pdf", .by = "li.na"},
      "%PDF-1.7\n" + text, tests::Office::at(10)));
}

inline kernel::Date day(const char* text) {
  return *kernel::Date::parse(text);
}

// A book in which every account is closed and paid, the last payment on 2023-06-01.
inline void close_all_accounts(const std::filesystem::path& data) {
  column::Sheet accounts(4), customers(3), none(0);
  accounts.add_texts("account_no", {"A1", "A2", "A3", "B1"});
  const std::vector<std::int32_t> owners = {0, 0, 1, 2}, order = {0, 1, 2, 3};
  std::copy(owners.begin(), owners.end(), accounts.add<std::int32_t>("customer_row").begin());
  std::copy(order.begin(), order.end(), accounts.add<std::int32_t>("account_order").begin());
  accounts.add<std::int64_t>("balance_fen");
  for (auto& status : accounts.add_codes("status", {"open", "closed"})) status = 1;
  for (auto& product : accounts.add_codes("product", {"card"})) product = 0;
  for (auto& paid : accounts.add<std::int32_t>("last_payment_on"))
    paid = kernel::Date::from_ymd(2023, 6, 1).days();
  customers.add_texts("customer_no", {"C1", "C1b", "C2"});
  const std::vector<std::int32_t> first = {0, 2, 3}, many = {2, 1, 1};
  std::copy(first.begin(), first.end(), customers.add<std::int32_t>("first_account").begin());
  std::copy(many.begin(), many.end(), customers.add<std::int32_t>("account_count").begin());
  none.add<std::int32_t>("account_row");
  const auto edition = book::book_folder(data, day("2026-11-21")) / "e1";
  std::filesystem::create_directories(edition / "01-all");
  for (const auto& [name, sheet] :
       {std::pair<const char*, const column::Sheet*>{"accounts", &accounts},
        {"customers", &customers},
        {"dues", &none},
        {"payments", &none}})
    CHECK(static_cast<bool>(sheet->save(edition / "01-all" / name)));
  std::ofstream(edition.parent_path() / "current") << "e1\n";
}

// The files under <data>/documents.
inline std::vector<std::filesystem::path> sealed_files(const std::filesystem::path& data) {
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::exists(data / "documents")) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data / "documents"))
    if (entry.is_regular_file()) files.push_back(entry.path());
  return files;
}

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace records
