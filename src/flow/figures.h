#pragma once
// The figures of a night's report, one by one, and whether each is as it was on the nights before.
// Enters: tonight's figures, those of up to thirty nights, the table of limits. Leaves: the figures
// that are not as usual. Pure; integers alone, so that a night made again says the same.

#include <boost/describe/class.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "column/column.h"
#include "decision/decision.h"
#include "kernel/date.h"
#include "kernel/result.h"

namespace flow {

inline constexpr const char* figures_name = "figures";  // the sheet in the report's stage folder
inline constexpr std::size_t figure_nights_max = 30;    // before tonight

struct Figure {
  std::string figure;  // what anomaly.dmn knows it by: bucket_accounts, overdue_fen, entry_rate_bps
  std::string of;      // the bucket, grade, work or outcome it counts; empty: the whole book
  std::int64_t value = 0;
};

struct FiguresOfNight {
  kernel::Date date;
  std::vector<Figure> figures;
};

// A figure outside of what it usually is: median ± a multiple of the median absolute deviation. The
// title says the kind of day where it stands beside nights of that kind alone.
struct Anomaly {
  std::string figure, of, title;
  std::int64_t value = 0, usual_low = 0, usual_high = 0, median = 0, nights = 0;
};
BOOST_DESCRIBE_STRUCT(Anomaly, (),
                      (figure, of, title, value, usual_low, usual_high, median, nights))

struct Compared {
  std::int64_t nights = 0;   // before tonight
  std::int64_t figures = 0;  // of tonight that had enough nights to be compared with
  std::vector<Anomaly> items;
};
BOOST_DESCRIBE_STRUCT(Compared, (), (nights, figures, items))

// What is absent from a night counts as 0 where that night has the figure of something else. Of
// tables that know no kinds of days every night is beside every other.
kernel::Result<Compared> decide_anomalies(const std::vector<FiguresOfNight>& before,
                                          const FiguresOfNight& tonight,
                                          const decision::Model& limits);

// The nights kept for the next: the last of those before, and tonight. A row a figure.
column::Sheet figures_sheet(const std::vector<FiguresOfNight>& before,
                            const FiguresOfNight& tonight);
std::vector<FiguresOfNight> figures_of(const column::Sheet& sheet);  // the earliest first

std::string render_text(const Compared& compared);

}  // namespace flow
