#pragma once
// Made-up people: names of common Chinese surnames and given names, citizen ids with a right check
// digit of districts that do not exist (…99), telephone numbers of blocks no operator was given,
// e-mail at example.com. None of it can belong to anybody.

#include <cstdint>
#include <string>

#include "kernel/date.h"
#include "sample/chance.h"

namespace sample {

struct MadeUpPerson {
  std::string name, citizen_id, mobile, address;
  std::int32_t region_code = 0;
  kernel::Date birth_date;
};

MadeUpPerson make_person(Chance& chance, kernel::Date as_of);
std::string make_name(Chance& chance);
std::string make_mobile(Chance& chance);
std::string make_citizen_id(Chance& chance, std::int32_t region_code, kernel::Date birth_date);

}  // namespace sample
