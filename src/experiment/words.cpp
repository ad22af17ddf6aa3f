// A verdict in plain words, Chinese and English.

#include <fmt/format.h>

#include "experiment/verdict.h"

namespace experiment {

namespace {

std::string points(double value) {  // of a hundred, with a sign
  return fmt::format("{:+.2f}", value * 100);
}

std::string metric_zh(const std::string& metric) {
  return metric == "cured" ? "出催率" : "逾期款回收率";
}
std::string metric_en(const std::string& metric) {
  return metric == "cured" ? "share of persons cured" : "share of overdue money recovered";
}

struct Texts {
  std::string zh, en;
};

Texts numbers(const Experiment& e, const Verdict& v) {
  return {fmt::format("挑战者的{}比冠军高 {} 个百分点，区间 {} 至 {}（随访期满 {} 人）",
                      metric_zh(e.asked.metric), points(v.estimate), points(v.lower),
                      points(v.upper), v.followed),
          fmt::format("the challenger's {} is {} points above the champion's, limits {} to {} "
                      "({} persons followed in full)",
                      metric_en(e.asked.metric), points(v.estimate), points(v.lower),
                      points(v.upper), v.followed)};
}

Texts not_enough(const Experiment& e, const Verdict& v) {
  if (v.followed == 0) {
    const std::string on = v.first_results_on ? v.first_results_on->format() : "—";
    return {
        fmt::format("数据不够：还没有人随访满 {} 天，首批结果在 {}。", e.asked.horizon_days, on),
        fmt::format("Not enough data yet: nobody has been followed for {} days; the first "
                    "results come on {}.",
                    e.asked.horizon_days, on)};
  }
  const Texts so_far = numbers(e, v);
  Texts texts{fmt::format("数据不够，还说不清：{}。", so_far.zh),
              fmt::format("Not enough data yet: {}.", so_far.en)};
  if (v.more_persons) {
    texts.zh += fmt::format("照此大约还需 {} 人", *v.more_persons);
    texts.en += fmt::format(" About {} more persons are expected to be needed", *v.more_persons);
    if (v.more_days) {
      texts.zh += fmt::format("，按现在的新增约 {} 天", *v.more_days);
      texts.en += fmt::format(", some {} days as they come in now", *v.more_days);
    }
    texts.zh += "。";
    texts.en += ".";
  }
  return texts;
}

Texts breached(const Verdict& v) {
  Texts texts{"防护指标越线：", "A guard is breached: "};
  for (const GuardLine& guard : v.guards) {
    if (guard.state != "breached") continue;
    const bool complaints = guard.guard == "complaints";
    texts.zh += complaints ? "挑战者组投诉更多；" : "挑战者组联系次数多出界限；";
    texts.en += complaints ? "complaints fall to the challenger's persons; "
                           : "the challenger's persons are contacted too much more; ";
  }
  return {texts.zh + "建议停止。", texts.en + "stopping is advised."};
}

Texts unsound(const Verdict& v) {
  std::string zh, en;
  for (const CheckLine& check : v.checks) {
    if (check.state != "bad") continue;
    zh += (zh.empty() ? "" : "；") + check.annotation;
    en += (en.empty() ? "" : ", ") + check.check;
  }
  return {"不能下结论：" + zh + "。", "No verdict can be drawn; failed checks: " + en + "."};
}

}  // namespace

void add_words(const Experiment& e, Verdict& v) {
  const Texts said = numbers(e, v);
  const double margin = static_cast<double>(e.asked.margin_bps) / 100;
  Texts texts;
  if (v.verdict == "better") {
    texts = {"挑战者更好：" + said.zh + "。", "The challenger is better: " + said.en + "."};
  } else if (v.verdict == "worse") {
    texts = {"挑战者更差：" + said.zh + "。", "The challenger is worse: " + said.en + "."};
  } else if (v.verdict == "no_difference") {
    texts = {
        fmt::format("没有要紧的差异（不到 {:.2f} 个百分点）：{}。", margin, said.zh),
        fmt::format("No difference that matters (less than {:.2f} points): {}.", margin, said.en)};
  } else if (v.verdict == "guard_breached") {
    texts = breached(v);
  } else if (v.verdict == "unsound") {
    texts = unsound(v);
  } else {
    texts = not_enough(e, v);
  }
  v.words_zh = texts.zh;
  v.words_en = texts.en;
}

}  // namespace experiment
