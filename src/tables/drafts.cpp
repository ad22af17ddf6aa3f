// Drafts: made, shown, saved, withdrawn. Analysis runs outside the transaction; inside, the
// revision says whether it still is about the text that is there.

#include "tables/drafts.h"

#include <algorithm>

#include "kernel/hash.h"
#include "tables/cases.h"
#include "tables/versions.h"

namespace tables {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;
using store::Transaction;

namespace {

constexpr std::size_t note_bytes_max = 4'000;
constexpr std::size_t name_bytes_max = 64;

std::string version_of(std::string_view bytes) {
  return kernel::sha256_hex(bytes).substr(0, 12);
}

// "treatment.dmn", "packs/a-lender.dmn", "wording/our-words.dmn": what a decisions folder may hold.
Status check_name(const std::string& file) {
  const std::string_view whole = file;
  std::string_view name = whole;
  for (const std::string_view folder : {"packs/", "wording/"})
    if (whole.starts_with(folder)) name.remove_prefix(folder.size());
  const bool dmn = name.size() > 4 && name.ends_with(".dmn");
  const bool plain =
      dmn &&
      name.substr(0, name.size() - 4).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") ==
          name.npos;
  if (plain && whole.size() <= name_bytes_max) return kernel::Ok{};
  return Error{Code::invalid_input,
               "a table is called like treatment.dmn or packs~our-rules.dmn: small letters, digits,"
               " - and _, at most 64 bytes",
               "file"};
}

Result<std::string> title_for(const Deps& deps, const std::string& file,
                              const std::optional<decision::Model>& model) {
  TRY_ASSIGN(const auto words, shipped_words(deps.decisions));
  return title_of(*words, file, model ? &*model : nullptr);
}

// What the law forbids is no setting: a shipped pack with rows of rank law is not edited.
Status check_editable(const Deps& deps, const std::string& file) {
  if (says_who_is_protected(file))
    return conflict(
        "which packs protect whom is what the law says, which is no setting. A pack of your own,"
        " such as packs~our-rules.dmn, applies to everybody and can tighten",
        "file");
  if (!is_pack(file)) return kernel::Ok{};
  const auto shipped = read_shipped(deps.decisions, file);
  if (!shipped) return kernel::Ok{};
  const auto models = strategy::Models::parse({{file, shipped->bytes}});
  if (models && !is_law(*models->files()[0].model)) return kernel::Ok{};
  return conflict(
      "this pack holds what the law forbids, which is no setting. Make a pack of your own, such as"
      " packs~our-rules.dmn, with rows of rank \"lender\": packs are united, so it can tighten",
      "file");
}

struct Started {
  VersionRow row;
  VersionBytes bytes;
  std::vector<FileInForce> files;
};

Result<Started> start(Transaction& tx, const Deps& deps, const NewDraft& draft, const Hand& hand) {
  const kernel::Date today = hand.now.china_date();
  Started started;
  TRY_ASSIGN(started.files, files_in_force(tx, deps.decisions, today));
  VersionRow& row = started.row;
  row.file = file_of_path(draft.file);
  TRY(check_name(row.file));
  const auto in_force = std::find_if(started.files.begin(), started.files.end(),
                                     [&](const auto& file) { return file.file == row.file; });
  const std::string wanted =
      draft.based_on.value_or(in_force == started.files.end() ? std::string() : in_force->version);
  if (wanted.empty() && !draft.xml)
    return Error{Code::not_found,
                 "there is no such table; to begin a new one, send its text in `xml`", "file"};
  if (!wanted.empty()) {
    TRY_ASSIGN(const FoundBytes base,
               find_text(tx, deps.decisions, deps.shelf.data_dir(), row.file, wanted, today));
    row.based_on = base.version;
    started.bytes = {*base.bytes, base.tests_csv};
  }
  if (draft.xml) started.bytes.xml = draft.xml->text;
  if (draft.tests_csv) started.bytes.tests_csv = draft.tests_csv->text;
  TRY_ASSIGN(row.note, checked_note(draft.note, false));
  row.state = "draft";
  row.version = version_of(started.bytes.xml);
  row.author = row.saved_by = hand.user_name;
  row.revision = 1;
  row.created_at = row.saved_at = hand.now;
  return started;
}

// The same request once more (a lost answer, a second click): the draft it made, still untouched.
std::optional<VersionRow> find_same(Transaction& tx, const Started& started) {
  for (VersionRow& row : load_rows(tx, started.row.file)) {
    if (row.state != "draft" || row.revision != 1 || row.author != started.row.author ||
        row.version != started.row.version || row.based_on != started.row.based_on ||
        row.note != started.row.note)
      continue;
    if (load_bytes(tx, row.version_id).tests_csv == started.bytes.tests_csv) return std::move(row);
  }
  return std::nullopt;
}

Result<Draft> draft_of(Transaction& tx, const Deps& deps, VersionId version_id, Analysis found,
                       kernel::Date today) {
  TRY_ASSIGN(const Standing standing, load_standing(tx, deps, version_id, today));
  return render_draft(standing, std::move(found), today);
}

Status check_open(const VersionRow& row) {
  if (row.state == "draft" || row.state == "returned") return kernel::Ok{};
  if (row.state == "in_review")
    return conflict("it is in review and cannot change; the reviewer can return it", "version_id");
  return conflict("it is " + row.state + " and cannot change; make a new draft from it",
                  "version_id");
}

}  // namespace

// ---- shared ------------------------------------------------------------------------------------

Error conflict(std::string message, std::string where) {
  return {Code::conflict, std::move(message), std::move(where)};
}

Result<std::string> checked_note(std::string_view note, bool needed) {
  if (note.size() > note_bytes_max)
    return Error{Code::invalid_input, "at most 4,000 bytes", "note"};
  if (needed && note.find_first_not_of(" \t\r\n") == note.npos)
    return Error{Code::invalid_input, "say why", "note"};
  return std::string(note);
}

Result<Standing> load_standing(Transaction& tx, const Deps& deps, VersionId version_id,
                               kernel::Date today) {
  auto row = find_row(tx, version_id);
  if (!row) return Error{Code::not_found, "there is no such draft", "version_id"};
  Standing standing{.row = std::move(*row), .bytes = load_bytes(tx, version_id)};
  TRY_ASSIGN(standing.files, files_in_force(tx, deps.decisions, today));
  standing.approved = load_approved(tx, standing.row.file);
  return standing;
}

const FileInForce* in_force_of(const Standing& standing) {
  for (const FileInForce& file : standing.files)
    if (file.file == standing.row.file) return &file;
  return nullptr;
}

void take_analysis(VersionRow& row, const Analysis& found) {
  row.errors = count(found.findings, "error") + (found.problem.empty() ? 0 : 1);
  row.warnings = count(found.findings, "warning");
  row.tests_failed = count_failed(found.tests);
  row.tests_passed = static_cast<std::int64_t>(found.tests.size()) - row.tests_failed;
}

std::string refusal_of(const Analysis& found) {
  if (!found.problem.empty()) return "the table cannot be read: " + found.problem;
  for (const Finding& finding : found.findings) {
    if (finding.severity != "error") continue;
    const std::string row = finding.row > 0 ? ", row " + std::to_string(finding.row) : "";
    const std::string decision = finding.decision.empty() ? "" : finding.decision + row + ": ";
    return "it has errors, " + std::to_string(count(found.findings, "error")) +
           " in all; the first: " + decision + finding.message_en;
  }
  for (const TableTest& test : found.tests) {
    if (test.passed) continue;
    return std::to_string(count_failed(found.tests)) + " of its test cases fail; the first, line " +
           std::to_string(test.line) + " '" + test.name + "': expected " + test.expected +
           ", got " + test.got;
  }
  return "";
}

bool needs_simulation(const std::string& file) {
  const auto& night = night_files();
  return std::find(night.begin(), night.end(), file) != night.end();
}

namespace {

void add_notices(const Standing& standing, kernel::Date today, Draft& draft) {
  const VersionRow& row = standing.row;
  const bool over = row.state == "approved" || row.state == "withdrawn";
  if (!over && row.based_on != draft.in_force_version) {
    const std::string base = row.based_on.empty() ? "-" : row.based_on;
    draft.notices.push_back(
        {"base_changed",
         "草稿基于版本 " + base + "，现行版本已是 " + draft.in_force_version +
             "；请对照现行版本的差异，否则会丢掉其间的修改",
         "the draft is based on " + base + ", but " + draft.in_force_version +
             " is in force now: look at the difference to that, or what changed between is lost"});
  }
  for (const VersionRow& other : standing.approved) {
    if (over || *other.effective_from <= today || other.version == row.based_on) continue;
    draft.notices.push_back({"release_waiting",
                             "另一版本 " + other.version + " 已批准，自 " +
                                 other.effective_from->format() + " 起生效，其修改不在本草稿中",
                             other.version + " is approved from " + other.effective_from->format() +
                                 "; what it changes is not in this draft"});
  }
  if (draft.needs_simulation && !row.simulated && !over)
    draft.notices.push_back({"not_simulated", "送审前须对本版本完成一次试算",
                             "these very bytes want a simulation before they go to review"});
}

}  // namespace

Draft render_draft(const Standing& standing, Analysis found, kernel::Date today) {
  Draft draft{.version = render_version(standing.row, standing.approved, today),
              .xml = {standing.bytes.xml},
              .tests_csv = {standing.bytes.tests_csv},
              .needs_simulation = needs_simulation(standing.row.file),
              .problem = std::move(found.problem),
              .findings = std::move(found.findings),
              .tests = std::move(found.tests)};
  if (const FileInForce* file = in_force_of(standing)) draft.in_force_version = file->version;
  add_notices(standing, today, draft);
  return draft;
}

// ---- steps -------------------------------------------------------------------------------------

Result<Draft> make_draft(const Deps& deps, const NewDraft& draft, const Hand& hand) {
  TRY_ASSIGN(Started started,
             deps.store.read([&](Transaction& tx) { return start(tx, deps, draft, hand); }));
  VersionRow& row = started.row;
  TRY(check_editable(deps, row.file));
  TRY(check_text(started.bytes.xml, started.bytes.tests_csv));
  const Read read = read_model(started.bytes.xml, row.file, started.files);
  TRY_ASSIGN(row.title, title_for(deps, row.file, read.model));
  const Analysis found =
      analyse(started.bytes.xml, started.bytes.tests_csv, row.file, started.files, deps.check_pack);
  take_analysis(row, found);
  return deps.store.transact([&](Transaction& tx) -> Result<Draft> {
    lock_file(tx, row.file);
    VersionRow made = row;
    if (const auto same = find_same(tx, started)) {
      made.version_id = same->version_id;
    } else {
      made.version_id = VersionId(tx.next_id());
      insert_row(tx, made, started.bytes);
      tell(tx, "table_drafted", made, hand.user_name, hand.now);
    }
    return draft_of(tx, deps, made.version_id, found, hand.now.china_date());
  });
}

Result<Draft> show_draft(const Deps& deps, VersionId version_id, kernel::Instant now) {
  const kernel::Date today = now.china_date();
  TRY_ASSIGN(const Standing standing, deps.store.read([&](Transaction& tx) {
    return load_standing(tx, deps, version_id, today);
  }));
  return render_draft(standing,
                      analyse(standing.bytes.xml, standing.bytes.tests_csv, standing.row.file,
                              standing.files, deps.check_pack),
                      today);
}

Result<Draft> save_draft(const Deps& deps, const Saving& saving, const Hand& hand) {
  const kernel::Date today = hand.now.china_date();
  TRY_ASSIGN(const std::string note, checked_note(saving.note, false));
  TRY(check_text(saving.xml, saving.tests_csv));
  TRY_ASSIGN(const Standing before, deps.store.read([&](Transaction& tx) {
    return load_standing(tx, deps, saving.version_id, today);
  }));
  const std::string& file = before.row.file;
  const Read read = read_model(saving.xml, file, before.files);
  TRY_ASSIGN(const std::string title, title_for(deps, file, read.model));
  const Analysis found = analyse(saving.xml, saving.tests_csv, file, before.files, deps.check_pack);
  const VersionBytes bytes{saving.xml, saving.tests_csv};
  return deps.store.transact([&](Transaction& tx) -> Result<Draft> {
    lock_file(tx, file);
    VersionRow row = *find_row(tx, saving.version_id);
    TRY(check_open(row));
    const bool again = row.revision == saving.revision + 1 && row.saved_by == hand.user_name &&
                       row.version == version_of(saving.xml) && row.note == note;
    if (!again && row.revision != saving.revision)
      return conflict(row.saved_by + " saved it meanwhile (revision " +
                          std::to_string(row.revision) +
                          "); nothing of yours was written: open it again and put yours beside it",
                      "revision");
    if (!again) {
      row.title = title;
      row.state = "draft";
      row.version = version_of(saving.xml);
      row.note = note;
      row.saved_by = hand.user_name;
      row.saved_at = hand.now;
      ++row.revision;
      take_analysis(row, found);
      update_row(tx, row, &bytes);
      add_editor(tx, row.version_id, hand.user_name);
      tell(tx, "table_saved", row, hand.user_name, hand.now);
    }
    return draft_of(tx, deps, row.version_id, found, today);
  });
}

Result<Version> withdraw(const Deps& deps, VersionId version_id, const Hand& hand) {
  const kernel::Date today = hand.now.china_date();
  return deps.store.transact([&](Transaction& tx) -> Result<Version> {
    auto row = find_row(tx, version_id);
    if (!row) return Error{Code::not_found, "there is no such draft", "version_id"};
    lock_file(tx, row->file);
    row = find_row(tx, version_id);
    if (row->state != "withdrawn") {
      if (row->state == "approved" && *row->effective_from <= today)
        return conflict("it has been in force since " + row->effective_from->format() +
                            "; to go back, make a draft from an earlier version and release that",
                        "version_id");
      row->state = "withdrawn";
      update_row(tx, *row, nullptr);
      tell(tx, "table_withdrawn", *row, hand.user_name, hand.now);
    }
    return load_version(tx, *row, today);
  });
}

}  // namespace tables
