#include "flow/stages.h"

#include <algorithm>
#include <array>

#include "flow/allocate.h"
#include "flow/arms.h"
#include "flow/files.h"
#include "flow/report.h"
#include "http/json.h"
#include "kernel/beside.h"
#include "score/types.h"

namespace flow {

namespace fs = std::filesystem;

namespace {

struct AnomaliesFile {
  std::int64_t accounts_without_balance = 0, balances_without_account = 0,
               instalments_without_account = 0, payments_without_account = 0,
               schedules_that_disagree = 0, payments_back_dated = 0;
};
BOOST_DESCRIBE_STRUCT(AnomaliesFile, (),
                      (accounts_without_balance, balances_without_account,
                       instalments_without_account, payments_without_account,
                       schedules_that_disagree, payments_back_dated))

constexpr const char* back_dated_name = "backdated.json";

// Late payments first: they give some accounts another book before than the one that is made.
kernel::Result<std::optional<Restated>> restate_late(Night& night,
                                                     std::vector<book::BatchSheet>& batches) {
  TRY_ASSIGN(std::optional<Restated> restated, restate(night, batches, night.recorded_back_dated));
  if (!restated) return std::optional<Restated>();
  night.back_dated = restated->told;
  for (book::BatchSheet& batch : restated->batches) batches.push_back(std::move(batch));
  return restated;
}

kernel::Status save_restated(const Restated& restated, const fs::path& folder) {
  TRY(save_text(folder / back_dated_name, http::write_json(restated.told) + "\n"));
  if (restated.accounts.rows() == 0) return kernel::Ok{};
  TRY(save_sheet(restated.accounts, folder / restated_accounts_name));
  return save_sheet(restated.otherwise, folder / restated_nights_name);
}

// What the book is made from tonight.
kernel::Result<book::MergeInput> open_inputs(Night& night, std::optional<Restated>* told) {
  TRY_ASSIGN(std::vector<book::BatchSheet> batches, load_batch_sheets(night.inputs));
  TRY_ASSIGN(std::optional<Restated> restated, restate_late(night, batches));
  if (told != nullptr) *told = std::move(restated);
  return book::MergeInput{.date = night.inputs.date,
                          .previous = night.previous ? &*night.previous : nullptr,
                          .batches = std::move(batches),
                          .threads = night.options.threads};
}

kernel::Status merge(Night& night, const fs::path& folder) {
  std::optional<Restated> restated;
  TRY_ASSIGN(book::MergeInput input, open_inputs(night, &restated));
  night.opening.emplace(std::move(input));
  if (restated) TRY(save_restated(*restated, folder));
  return night.opening->save_rows({.accounts = folder / "accounts",
                                   .customers = folder / "customers",
                                   .like = night.previous ? &*night.previous : nullptr,
                                   .block_rows = night.options.block_rows});
}

kernel::Status load_merge(Night& night, const fs::path& folder) {
  TRY_ASSIGN(night.back_dated, load_back_dated(folder));
  return kernel::Ok{};
}

kernel::Status load_the_cut(Night& night, const fs::path& folder) {
  TRY_ASSIGN(night.cut, open_cut(folder));
  night.cut_hash = night.cut->hash();
  return kernel::Ok{};
}

kernel::Status cut(Night& night, const fs::path& folder) {
  if (!night.known.valid()) read_ahead_for_cut(night);
  TRY_ASSIGN(KnownBefore known, night.known.get());
  book::BookView opening(night.inputs.date, "", std::move(night.sheets.accounts),
                         std::move(night.sheets.customers));
  kernel::Result<Cut> loaded =
      load_cut(night.store, night.options, night.inputs.experiments, opening, std::move(known));
  std::move(opening).release(night.sheets.accounts, night.sheets.customers);
  TRY(loaded);
  return save_cut(*loaded, folder, night.options.threads);
}

// A night killed between merge and accrual finds its inputs anew.
kernel::Status open_inputs_again(Night& night, const fs::path& merge_folder) {
  TRY_ASSIGN(night.recorded_back_dated, load_back_dated(merge_folder));
  TRY_ASSIGN(book::MergeInput input, open_inputs(night, nullptr));
  night.opening.emplace(std::move(input));
  const auto told = [](const std::optional<BackDated>& of) {
    return of ? http::write_json(*of) : std::string();
  };
  if (told(night.back_dated) == told(night.recorded_back_dated)) return kernel::Ok{};
  return kernel::Error{
      kernel::Code::conflict,
      "this half-made night was begun on inputs that are gone since: remove it and "
      "run the night again",
      merge_folder.parent_path().string()};
}

kernel::Status prepare_accrual(Night& night, const fs::path& folder) {
  if (night.opening) return kernel::Ok{};
  return open_inputs_again(night, folder.parent_path() / stage_folder_of("merge"));
}

kernel::Status accrue_rows(const Night& night, Block& block) {
  TRY_ASSIGN(const decision::Model* terms, night.inputs.models.need("terms.dmn"));
  TRY_ASSIGN(const decision::Model* order, night.inputs.models.need("payment_order.dmn"));
  night.opening->open_amounts(block.sheets, block.range, block.anomalies);
  return book::decide_accrual(block.sheets, night.inputs.date, *terms, *order,
                              night.options.threads);
}

kernel::Status accrue(Night& night, const fs::path& folder) {
  night.opening.reset();
  if (night.back_dated) {
    night.anomalies.payments_back_dated +=
        night.back_dated->payments - night.back_dated->not_recomputed;
  }
  return save_anomalies(night.anomalies, folder);
}

kernel::Status load_accrue(Night& night, const fs::path& folder) {
  TRY_ASSIGN(night.sheets.dues, column::Sheet::open(folder / "dues"));
  TRY_ASSIGN(night.sheets.payments, column::Sheet::open(folder / "payments"));
  // An edition that was settled before a kill has them in its merge's folder.
  const fs::path merged = folder.parent_path() / stage_folder_of("merge");
  TRY_ASSIGN(night.anomalies,
             load_anomalies(fs::exists(folder / anomalies_name) ? folder : merged));
  return kernel::Ok{};
}

kernel::Status prepare_ageing(Night& night, const fs::path&) {
  book::decide_worst(night.sheets.accounts, night.sheets.customers, night.inputs.date);
  return kernel::Ok{};
}

kernel::Status age_rows(const Night& night, Block& block) {
  TRY_ASSIGN(const decision::Model* bucket, night.inputs.models.need("bucket.dmn"));
  return book::decide_ageing(block.sheets.accounts, night.sheets.customers,
                             night.previous_accounts(), night.inputs.date, *bucket,
                             night.options.threads);
}

kernel::Status score_rows(const Night& night, Block& block) {
  TRY_ASSIGN(const decision::Model* scorecard, night.inputs.models.need("scorecard.dmn"));
  return score::decide_scores(block.sheets.accounts, *scorecard, night.inputs.date,
                              night.options.threads);
}

kernel::Status prepare_treatment(Night& night, const fs::path& folder) {
  return night.cut->arms ? decide_arms(night, folder) : kernel::Status(kernel::Ok{});
}

kernel::Status treat_rows(const Night& night, Block& block) {
  return strategy::decide_strategy(block.sheets.accounts, night.inputs.models, night.inputs.date,
                                   night.options.threads);
}

kernel::Status worklist(Night& night, const fs::path& folder) {
  return save_worklist(night.sheets, folder / "worklist.csv", night.options.threads);
}

// Nights of up to format 2, as they said it.
kernel::Status report_alone(const Report& said, const Night& night, const fs::path& folder) {
  const std::string json = night.back_dated ? http::write_json(LateReport{said, *night.back_dated})
                                            : http::write_json(said);
  TRY(save_text(folder / "report.json", json + "\n"));
  return save_text(folder / "report.txt",
                   render_text(said) + (night.back_dated ? render_text(*night.back_dated) : ""));
}

// The nights before are read from the edition before alone: it is an input, with every byte.
kernel::Result<std::vector<FiguresOfNight>> load_figures(const Inputs& inputs) {
  if (!inputs.previous || inputs.previous->format < format_compares) {
    return std::vector<FiguresOfNight>();
  }
  TRY_ASSIGN(
      const column::Sheet sheet,
      column::Sheet::open(inputs.previous_folder / stage_folder_of("report") / figures_name));
  return figures_of(sheet);
}

kernel::Status report(Night& night, const fs::path& folder) {
  const Report alone = decide_report(night.sheets, night.previous_accounts(), night.inputs,
                                     night.anomalies, night.options.threads);
  if (night.inputs.format < format_compares) return report_alone(alone, night, folder);
  ComparedReport said{alone};
  TRY_ASSIGN(const std::vector<book::BatchSheet> batches, load_batch_sheets(night.inputs));
  add_batches(night.inputs, batches, said);
  add_cure_rate(night.previous_accounts(), said);
  said.allocation = decide_allocation_line(night.sheets, *night.cut);
  said.back_dated = night.back_dated;
  const FiguresOfNight tonight{night.inputs.date, figures_of(said)};
  TRY_ASSIGN(const std::vector<FiguresOfNight> before, load_figures(night.inputs));
  TRY_ASSIGN(const decision::Model* limits, night.inputs.models.need("anomaly.dmn"));
  TRY_ASSIGN(said.anomalies, decide_anomalies(before, tonight, *limits));
  TRY(save_sheet(figures_sheet(before, tonight), folder / figures_name));
  TRY(save_text(folder / "report.json", http::write_json(said) + "\n"));
  return save_text(folder / "report.txt",
                   render_text(alone) + render_text(said.allocation) +
                       (said.back_dated ? render_text(*said.back_dated) : "") +
                       render_text(said.anomalies));
}

kernel::Status load_nothing(Night&, const fs::path&) {
  return kernel::Ok{};
}

constexpr std::array<Stage, 9> all = {{
    {"merge", "并入新批次", nullptr, nullptr, merge, load_merge},
    {"cut", "取案件现状", nullptr, nullptr, cut, load_the_cut},
    {"accrue", "计息、费用与还款入账", prepare_accrual, accrue_rows, accrue, load_accrue},
    {"age", "账龄与阶段", prepare_ageing, age_rows, nullptr, load_nothing},
    {"score", "意愿与能力评分", nullptr, score_rows, nullptr, load_nothing},
    {"treat", "分级、策略与优先级", prepare_treatment, treat_rows, nullptr, load_nothing},
    {"allocate", "分案", nullptr, nullptr, allocate, load_nothing},
    {"worklist", "作业清单", nullptr, nullptr, worklist, load_nothing},
    {"report", "日报", nullptr, nullptr, report, load_nothing},
}};

kernel::Status load_columns(column::Sheet& sheet, std::set<std::string>& saved,
                            const fs::path& folder) {
  if (!fs::exists(folder)) return kernel::Ok{};
  TRY_ASSIGN(column::Sheet columns, column::Sheet::open(folder));
  for (const std::string& name : columns.names()) saved.insert(name);
  if (sheet.names().empty()) {
    sheet = std::move(columns);
  } else {
    sheet.take(std::move(columns));
  }
  return kernel::Ok{};
}

}  // namespace

std::span<const Stage> stages() {
  return all;
}

kernel::Status save_anomalies(const book::Anomalies& found, const fs::path& folder) {
  return save_text(folder / anomalies_name,
                   http::write_json(AnomaliesFile{
                       found.accounts_without_balance, found.balances_without_account,
                       found.instalments_without_account, found.payments_without_account,
                       found.schedules_that_disagree, found.payments_back_dated}));
}

kernel::Result<book::Anomalies> load_anomalies(const fs::path& folder) {
  TRY_ASSIGN(const std::string text, load_text(folder / anomalies_name));
  TRY_ASSIGN(const AnomaliesFile found, http::parse_json<AnomaliesFile>(text));
  return book::Anomalies{found.accounts_without_balance,    found.balances_without_account,
                         found.instalments_without_account, found.payments_without_account,
                         found.schedules_that_disagree,     found.payments_back_dated};
}

fs::path made_folder(const fs::path& part, std::size_t position) {
  return part / (stage_folder_name(position) + ".made");
}

std::string stage_folder_name(std::size_t position) {
  const std::string number = std::to_string(position + 1);
  return (number.size() < 2 ? "0" + number : number) + "-" + all[position].name;
}

std::string stage_folder_of(std::string_view name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Stage& stage) { return stage.name == name; });
  CHECK_MSG(found != all.end(), "the night has no such stage");
  return stage_folder_name(static_cast<std::size_t>(found - all.begin()));
}

kernel::Result<std::optional<BackDated>> load_back_dated(const fs::path& merge_folder) {
  if (!fs::exists(merge_folder / back_dated_name)) return std::optional<BackDated>();
  TRY_ASSIGN(const std::string text, load_text(merge_folder / back_dated_name));
  TRY_ASSIGN(BackDated told, http::parse_json<BackDated>(text));
  return std::optional(std::move(told));
}

void read_ahead_for_cut(Night& night) {
  night.known = std::async(kernel::beside(night.options.threads), [&night] {
    return read_known_before(night.store, night.options,
                             night.previous_view ? &*night.previous_view : nullptr);
  });
}

kernel::Status decide_opening_book(Night& night) {
  TRY_ASSIGN(const book::MergeInput input, open_inputs(night, nullptr));
  TRY_ASSIGN(night.sheets, book::decide_opening(input, night.anomalies));
  TRY_ASSIGN(const decision::Model* terms, night.inputs.models.need("terms.dmn"));
  TRY_ASSIGN(const decision::Model* order, night.inputs.models.need("payment_order.dmn"));
  TRY_ASSIGN(const decision::Model* bucket, night.inputs.models.need("bucket.dmn"));
  const kernel::Date date = night.inputs.date;
  TRY(book::decide_accrual(night.sheets, date, *terms, *order, night.options.threads));
  book::decide_worst(night.sheets.accounts, night.sheets.customers, date);
  return book::decide_ageing(night.sheets.accounts, night.sheets.customers,
                             night.previous_accounts(), date, *bucket, night.options.threads);
}

kernel::Status load_stage(Night& night, std::size_t position, const fs::path& part) {
  const fs::path folder = part / stage_folder_name(position);
  TRY(load_columns(night.sheets.accounts, night.saved_accounts, folder / "accounts"));
  TRY(load_columns(night.sheets.customers, night.saved_customers, folder / "customers"));
  return all[position].load(night, folder);
}

}  // namespace flow
