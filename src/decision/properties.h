#pragma once
// What may follow a dot after a date, time, duration or range: .year, .weekday, .hours, .start…

#include <optional>
#include <string>

#include "decision/value.h"

namespace decision {

std::optional<Value> property(const Value& value, const std::string& name);
const std::vector<std::string>& property_names();  // those with spaces among them

}  // namespace decision
