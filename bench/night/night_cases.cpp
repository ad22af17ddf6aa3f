// Promises and holds straight into an embedded casebook, so that the nights of bench/night have
// some: what people would have told over weeks, without the people.
//   night_cases DATA FILE
// Lines: promise,CUSTOMER,ACCOUNT,fen,due day,made at (µs); hold,CUSTOMER,KIND,since (µs).

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "kernel/words.h"
#include "store/store.h"

namespace {

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "night_cases: %s\n", why.c_str());
  std::exit(2);
}

std::int64_t number(const std::string& text) {
  return std::stoll(text);
}

void put(store::Transaction& tx, std::int64_t id, const std::vector<std::string>& fields) {
  if (fields.size() == 6 && fields[0] == "promise") {
    tx.execute(
        "INSERT INTO promise (promise_id, customer_no, account_no, amount_fen, due_date, made_at,"
        " made_by) VALUES ($1, $2, $3, $4, $5, $6, 'early1')",
        {id, fields[1], fields[2], number(fields[3]), number(fields[4]), number(fields[5])});
  } else if (fields.size() == 4 && fields[0] == "hold") {
    tx.execute(
        "INSERT INTO hold (hold_id, person_key, customer_no, kind, reason, since, set_by)"
        " SELECT $1, person_key, customer_no, $2, $3, $4, 'early1' FROM customer"
        " WHERE customer_no = $5",
        {id, fields[2], store::Blob{""}, number(fields[3]), fields[1]});
  } else {
    give_up("a line that is neither a promise nor a hold");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) give_up("night_cases DATA FILE");
  const std::string data = argv[1];
  auto opened = store::Store::open({.url = data + "/casebook.sqlite",
                                    .key_file = data + ".key",
                                    .create_key = false,
                                    .clock = [] { return kernel::Instant::from_micros(0); }});
  if (!opened) give_up(opened.error().message);
  std::ifstream file(argv[2]);
  const auto done = (*opened)->transact([&](store::Transaction& tx) {
    std::int64_t id = 0;
    for (std::string line; std::getline(file, line);) put(tx, ++id, kernel::split_words(line));
    return true;
  });
  if (!done) give_up(done.error().message);
  return 0;
}
