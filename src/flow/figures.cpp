#include "flow/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "kernel/money.h"

namespace flow {

namespace {

// Who is asked about: the figure, and what it is of.
using Key = std::pair<std::string, std::string>;

// Of one night: its figures, of which it has any, and what the table calls its day.
struct Night {
  std::map<Key, std::int64_t> values;
  std::set<std::string> figures;
  std::string day_kind;
};

kernel::Error wrong_table(const std::string& what) {
  return {kernel::Code::invalid_input, what, "anomaly.dmn"};
}

// Nothing from tables of before kinds of days.
kernel::Result<std::string> load_day_kind(const decision::Model& model, kernel::Date date) {
  if (!model.has("day_kind")) return std::string();
  const decision::Evaluation said =
      model.evaluate("day_kind", {{"night_date", date}, {"weekday", std::int64_t{date.weekday()}}});
  if (said.value.kind() == decision::Kind::string) return said.value.string();
  return wrong_table("the table day_kind has no word for " + date.format());
}

kernel::Result<Night> night_of(const FiguresOfNight& figures, const decision::Model& model) {
  Night night;
  for (const Figure& one : figures.figures) {
    night.values[{one.figure, one.of}] = one.value;
    night.figures.insert(one.figure);
  }
  TRY_ASSIGN(night.day_kind, load_day_kind(model, figures.date));
  return night;
}

// Nothing where the night did not count such a thing at all.
std::optional<std::int64_t> value_in(const Night& night, const Key& key) {
  const auto found = night.values.find(key);
  if (found != night.values.end()) return found->second;
  if (!key.second.empty() && night.figures.contains(key.first)) return 0;
  return std::nullopt;
}

// Of an even number of them the lower of the two in the middle: a value that was.
std::int64_t median_of(std::vector<std::int64_t> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::int64_t deviation_of(std::vector<std::int64_t> values, std::int64_t median) {
  for (std::int64_t& value : values) value = value > median ? value - median : median - value;
  return median_of(std::move(values));
}

struct Limits {
  std::int64_t nights_min = 0;  // fewer nights: not compared
  std::int64_t mad_times = 0;   // how many median absolute deviations are usual
  std::int64_t share_bps = 0;   // of the median; and `least` in its own unit: usual in any case
  std::int64_t least = 0;
  bool same_day_kind = false;  // only nights whose day is of tonight's kind count
};

kernel::Result<Limits> load_limits(const decision::Model& model, const std::string& figure) {
  const decision::Evaluation said = model.evaluate("anomaly", {{"figure", figure}});
  const auto wrong = [&](const std::string& what) {
    return wrong_table(what + " for the figure " + figure);
  };
  if (said.value.kind() != decision::Kind::context) return wrong("the table anomaly has no row");
  Limits limits;
  constexpr std::int64_t most = 1'000'000'000'000;
  for (const auto& [name, number] :
       {std::pair("nights_min", &limits.nights_min), std::pair("mad_times", &limits.mad_times),
        std::pair("share_bps", &limits.share_bps), std::pair("least", &limits.least)}) {
    const decision::Value* value = said.value.context().find(name);
    const auto whole = value ? value->to_int64() : std::nullopt;
    if (!whole || *whole < 0 || *whole > most) {
      return wrong(std::string(name) + " must be a whole number from 0 to 1000000000000");
    }
    *number = *whole;
  }
  // Tables of before kinds of days have no such column.
  if (const decision::Value* beside = said.value.context().find("beside")) {
    limits.same_day_kind = *beside == decision::Value("same_day_kind");
    if (!limits.same_day_kind && *beside != decision::Value("every_night")) {
      return wrong("beside must be every_night or same_day_kind");
    }
  }
  return limits;
}

std::int64_t narrow(__int128 wide) {
  constexpr __int128 least = std::numeric_limits<std::int64_t>::min();
  constexpr __int128 most = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(wide, least, most));
}

// How far from the median is usual still.
__int128 reach(const Limits& limits, std::int64_t median, std::int64_t deviation) {
  __int128 far = static_cast<__int128>(deviation) * limits.mad_times;
  far = std::max(far,
                 static_cast<__int128>(median < 0 ? -median : median) * limits.share_bps / 10'000);
  far = std::max(far, static_cast<__int128>(limits.least));
  return far;
}

struct Title {
  const char *figure, *whole, *part;  // of the book; of a part of it
};
constexpr std::array titles = {
    Title{"accounts", "账户数", ""},
    Title{"customers", "客户数", ""},
    Title{"balance_fen", "余额", ""},
    Title{"overdue_fen", "逾期金额", ""},
    Title{"overdue_accounts", "逾期户数", ""},
    Title{"entered_accounts", "入催户数", ""},
    Title{"entered_fen", "入催金额", ""},
    Title{"entry_rate_bps", "入催率", ""},
    Title{"cured_accounts", "出催户数", ""},
    Title{"cure_rate_bps", "出催率", ""},
    Title{"recovered_fen", "回收金额", ""},
    Title{"recovery_rate_bps", "回收率", ""},
    Title{"bucket_accounts", "", "阶段 {} 户数"},
    Title{"bucket_overdue_fen", "", "阶段 {} 逾期金额"},
    Title{"work_accounts", "", "办理 {} 户数"},
    Title{"grade_accounts", "", "评级 {} 户数"},
    Title{"allotment_accounts", "", "分案 {} 户数"},
    Title{"kept_rate_bps", "不换经办人比例", ""},
    Title{"new_accounts", "新账户数", ""},
    Title{"changed_accounts", "", "变化 {} 户数"},
    Title{"payments", "还款笔数", ""},
    Title{"payments_fen", "还款金额", ""},
    Title{"rejected_lines", "拒收行数", ""},
    Title{"to_look_at", "", "请核查 {} 户数"},
};

std::string title_of(const Key& key) {
  const auto found = std::find_if(titles.begin(), titles.end(),
                                  [&](const Title& one) { return one.figure == key.first; });
  CHECK_MSG(found != titles.end(), ("a figure without a title: " + key.first).c_str());
  return key.second.empty() ? found->whole : fmt::format(fmt::runtime(found->part), key.second);
}

std::string day_kind_word(const std::string& kind) {
  if (kind == "workday") return "（工作日）";
  return kind == "rest_day" ? "（休息日）" : "（" + kind + "）";
}

std::string shown(const std::string& figure, std::int64_t value) {
  if (figure.ends_with("_fen")) return kernel::Money::from_fen(value).format_yuan() + " 元";
  if (!figure.ends_with("_bps")) return std::to_string(value);
  const std::int64_t size = value < 0 ? -value : value;
  return fmt::format("{}{}.{:02}%", value < 0 ? "-" : "", size / 100, size % 100);
}

}  // namespace

kernel::Result<Compared> decide_anomalies(const std::vector<FiguresOfNight>& before,
                                          const FiguresOfNight& tonight,
                                          const decision::Model& limits) {
  std::vector<Night> nights;
  for (const FiguresOfNight& one : before) {
    TRY_ASSIGN(Night night, night_of(one, limits));
    nights.push_back(std::move(night));
  }
  TRY_ASSIGN(const Night now, night_of(tonight, limits));
  std::vector<Key> keys;  // in the order of the report, then what was there once and is gone
  std::set<Key> met;
  for (const Figure& one : tonight.figures) {
    if (met.insert({one.figure, one.of}).second) keys.emplace_back(one.figure, one.of);
  }
  for (const Night& night : nights) {
    for (const auto& [key, value] : night.values) {
      if (met.insert(key).second) keys.push_back(key);
    }
  }
  Compared compared{static_cast<std::int64_t>(before.size()), 0, {}};
  for (const Key& key : keys) {
    const std::optional<std::int64_t> value = value_in(now, key);
    if (!value) continue;
    TRY_ASSIGN(const Limits of, load_limits(limits, key.first));
    if (of.same_day_kind && now.day_kind.empty()) {
      return wrong_table("beside is same_day_kind and there is no table day_kind");
    }
    std::vector<std::int64_t> values;
    for (const Night& night : nights) {
      if (of.same_day_kind && night.day_kind != now.day_kind) continue;
      if (const auto then = value_in(night, key)) values.push_back(*then);
    }
    if (values.empty() || static_cast<std::int64_t>(values.size()) < of.nights_min) continue;
    ++compared.figures;
    const std::int64_t median = median_of(values);
    const __int128 far = reach(of, median, deviation_of(values, median));
    std::int64_t low = narrow(median - far);
    // What was never below zero has no usual range there.
    if (std::all_of(values.begin(), values.end(), [](std::int64_t v) { return v >= 0; })) {
      low = std::max<std::int64_t>(low, 0);
    }
    const std::int64_t high = narrow(median + far);
    if (*value >= low && *value <= high) continue;
    compared.items.push_back({key.first, key.second, title_of(key), *value, low, high, median,
                              static_cast<std::int64_t>(values.size())});
    if (of.same_day_kind) compared.items.back().title += day_kind_word(now.day_kind);
  }
  return compared;
}

column::Sheet figures_sheet(const std::vector<FiguresOfNight>& before,
                            const FiguresOfNight& tonight) {
  std::vector<const FiguresOfNight*> kept;
  const std::size_t room = figure_nights_max - 1;
  for (std::size_t i = before.size() > room ? before.size() - room : 0; i < before.size(); ++i) {
    kept.push_back(&before[i]);
  }
  kept.push_back(&tonight);
  std::size_t rows = 0;
  for (const FiguresOfNight* night : kept) rows += night->figures.size();
  column::Sheet sheet(rows);
  const auto date = sheet.add<std::int32_t>("night_date");
  const auto value = sheet.add<std::int64_t>("value");
  std::vector<std::string_view> figure, of;
  for (const FiguresOfNight* night : kept) {
    for (const Figure& one : night->figures) {
      date[figure.size()] = night->date.days();
      value[figure.size()] = one.value;
      figure.push_back(one.figure);
      of.push_back(one.of);
    }
  }
  sheet.add_texts("figure", figure);
  sheet.add_texts("of", of);
  return sheet;
}

std::vector<FiguresOfNight> figures_of(const column::Sheet& sheet) {
  const auto date = sheet.get<std::int32_t>("night_date");
  const auto value = sheet.get<std::int64_t>("value");
  const column::Texts figure = sheet.texts("figure"), of = sheet.texts("of");
  std::vector<FiguresOfNight> nights;
  for (std::size_t row = 0; row < sheet.rows(); ++row) {
    if (nights.empty() || nights.back().date.days() != date[row]) {
      nights.push_back({kernel::Date::from_days(date[row]), {}});
    }
    nights.back().figures.push_back(
        {std::string(figure.at(row)), std::string(of.at(row)), value[row]});
  }
  return nights;
}

std::string render_text(const Compared& compared) {
  if (compared.figures == 0) {
    return fmt::format("\n异常：此前仅 {} 夜，尚不比较\n", compared.nights);
  }
  if (compared.items.empty()) {
    return fmt::format("\n异常：无（{} 项指标与此前至多 {} 夜相比）\n", compared.figures,
                       compared.nights);
  }
  std::string out = fmt::format("\n异常 {} 项（{} 项指标与此前至多 {} 夜相比）\n",
                                compared.items.size(), compared.figures, compared.nights);
  for (const Anomaly& one : compared.items) {
    out += fmt::format("  {}：{}，此前 {} 夜通常 {} 至 {}，中位 {}\n", one.title,
                       shown(one.figure, one.value), one.nights, shown(one.figure, one.usual_low),
                       shown(one.figure, one.usual_high), shown(one.figure, one.median));
  }
  return out;
}

}  // namespace flow
