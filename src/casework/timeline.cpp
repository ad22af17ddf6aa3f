#include <fmt/format.h>

#include <algorithm>

#include "allocation/types.h"
#include "casework/case_file.h"
#include "intake/types.h"
#include "kernel/yuan_text.h"
#include "outreach/types.h"
#include "store/vault.h"

namespace casework {

namespace {

constexpr int kItemsMax = 200;

struct Word {
  std::string_view code, zh, en;
};
constexpr Word kOutcomes[] = {{"", "结果未报", "outcome not told yet"},
                              {"connected_right_party", "本人接听", "right party"},
                              {"connected_third_party", "他人接听", "somebody else answered"},
                              {"promise", "承诺还款", "promised to pay"},
                              {"refused", "拒绝沟通", "refused to talk"},
                              {"wrong_number", "号码有误", "wrong number"},
                              {"sent", "已发出", "sent"},
                              {"delivered", "已送达", "delivered"},
                              {"unknown", "结果不明", "unknown"},
                              {"no_answer", "无人接听", "no answer"},
                              {"busy", "占线", "busy"},
                              {"not_delivered", "未送达", "not delivered"},
                              {"not_made", "没有联系", "not made"}};

Word outcome_word(std::string_view code) {
  for (const Word& word : kOutcomes)
    if (word.code == code) return word;
  return {code, code, code};
}

class Writer {
 public:
  Writer(store::Transaction& tx, const CaseView& view) : tx_(tx), view_(view) {}

  void add(TimelineItem item, std::optional<kernel::Note> note = {}) {
    entries_.push_back({std::move(item), std::move(note)});
  }
  // A sealed text that cannot be opened is the disk's fault; it is not passed over in silence.
  kernel::Status add_sealed(TimelineItem item, std::string_view purpose, std::string_view sealed) {
    if (sealed.empty()) {
      add(std::move(item));
      return kernel::Ok{};
    }
    TRY_ASSIGN(kernel::Note note, tx_.vault().open_sealed<kernel::NoteTag>(purpose, sealed));
    add(std::move(item), std::move(note));
    return kernel::Ok{};
  }

  kernel::Status add_attempts() {
    for (const auto& attempt : outreach::attempts_of(tx_, view_.customer_no, kItemsMax)) {
      const Word outcome = outcome_word(attempt.outcome);
      TRY(add_sealed({.at = attempt.made_at,
                      .kind = "attempt",
                      .title = fmt::format("{}：{}", channel_zh(attempt.channel), outcome.zh),
                      .title_en = fmt::format("{}: {}", channel_en(attempt.channel), outcome.en),
                      .detail = {},
                      .by = attempt.made_by},
                     "attempt.note", attempt.sealed_note));
    }
    return kernel::Ok{};
  }

  void add_past_contacts() {
    const auto since = kernel::Instant::from_micros(0);
    for (const auto& past : intake::load_past_contacts(tx_, view_.customer_no, since)) {
      const Word outcome = outcome_word(past.outcome);
      add({.at = past.contacted_at,
           .kind = "past_contact",
           .title = fmt::format("{}：{}", channel_zh(past.channel), outcome.zh),
           .title_en = fmt::format("{}: {}", channel_en(past.channel), outcome.en),
           .detail = {},
           .by = past.by});
    }
  }

  void add_refusals() {
    for (const auto& refusal : gate::refusals_of(tx_, view_.customer_no, kItemsMax))
      add({.at = refusal.refused_at,
           .kind = "refusal",
           .title = fmt::format("{}：不许可", channel_zh(refusal.channel)),
           .title_en = fmt::format("{}: refused by the gate", channel_en(refusal.channel)),
           .detail = refusal.codes,
           .by = refusal.asker});
  }

  kernel::Status add_promises() {
    for (const Promise& promise : promises_of(tx_, view_.customer_no)) {
      const std::string amount = kernel::yuan_text(promise.amount_fen);
      const std::string due = promise.due_date.format();
      TRY(add_sealed({.at = promise.made_at,
                      .kind = "promise",
                      .title = fmt::format("承诺 {} 前还 {} 元", due, amount),
                      .title_en = fmt::format("promised {} yuan by {}", amount, due),
                      .detail = {},
                      .by = promise.made_by},
                     "promise.note", promise.sealed_note));
    }
    return kernel::Ok{};
  }

  kernel::Status add_notes() {
    kernel::Status status = kernel::Ok{};
    tx_.query(
        "SELECT written_at, written_by, text FROM note WHERE customer_no = $1"
        " ORDER BY written_at DESC, note_id DESC LIMIT $2",
        {view_.customer_no, kItemsMax}, [&](const store::Row& row) {
          if (!status) return;
          status = add_sealed({.at = row.instant(0),
                               .kind = "note",
                               .title = "备注",
                               .title_en = "note",
                               .detail = {},
                               .by = row.text(1)},
                              "note.text", row.blob(2));
        });
    return status;
  }

  kernel::Status add_holds() {
    for (const gate::PastHold& past : gate::hold_history(tx_, view_.person_key)) {
      const std::string zh = view_.words.zh("flag", past.hold.kind);
      const std::string en = view_.words.en("flag", past.hold.kind);
      TRY(add_sealed({.at = past.hold.since,
                      .kind = "hold",
                      .title = "暂停：" + zh,
                      .title_en = "hold: " + en,
                      .detail = {},
                      .by = past.hold.set_by},
                     "hold.reason", past.hold.sealed_reason));
      if (past.lifted_at)
        add({.at = *past.lifted_at,
             .kind = "hold",
             .title = "解除暂停：" + zh,
             .title_en = "hold lifted: " + en,
             .detail = {},
             .by = past.lifted_by});
    }
    return kernel::Ok{};
  }

  void add_moves() {
    for (const allocation::Move& move : allocation::load_moves(tx_, view_.customer_no)) {
      const bool recalled = move.collector_before == move.collector;
      const auto name = view_.shown_names.find(move.collector);
      const std::string& to = name == view_.shown_names.end() ? move.collector : name->second;
      add({.at = move.moved_at,
           .kind = "allotment",
           .title = recalled ? "收回，由日终重新分派" : "改派给 " + to,
           .title_en = recalled ? "recalled: the night decides again" : "given to " + to,
           .detail = {},
           .by = move.moved_by},
          move.reason);
    }
  }

  void add_bucket_changes() {
    for (const std::string& account_no : view_.account_nos)
      for (const auto& change : book::load_bucket_changes(tx_, account_no)) {
        const std::string& from = change.bucket_before;  // empty: the account was not there before
        add({.at = kernel::Instant::china(change.changed_on, 0),
             .kind = "bucket",
             .title = from.empty() ? fmt::format("账龄 {}，首次记录", change.bucket)
                                   : fmt::format("账龄 {} → {}", from, change.bucket),
             .title_en = from.empty() ? fmt::format("bucket {}, first known", change.bucket)
                                      : fmt::format("bucket {} → {}", from, change.bucket),
             .detail = kernel::mask_account_no(account_no),
             .by = "night"});
      }
  }

  // Those the book keeps: of the last 30 days.
  kernel::Status add_payments(const book::BookView& book) {
    if (book.folder().empty()) return kernel::Ok{};
    TRY_ASSIGN(const book::Sheets sheets, book::open_sheets(book.folder()));
    const auto account_row = sheets.payments.get<std::int32_t>("account_row");
    const auto paid_on = sheets.payments.get<std::int32_t>("paid_on");
    const auto amount_fen = sheets.payments.get<std::int64_t>("amount_fen");
    std::vector<std::int32_t> rows;
    for (const std::string& account_no : view_.account_nos)
      if (const auto row = book.find_account(account_no))
        rows.push_back(static_cast<std::int32_t>(*row));
    for (std::size_t i = 0; i < account_row.size(); ++i) {
      if (std::find(rows.begin(), rows.end(), account_row[i]) == rows.end()) continue;
      const std::string yuan = kernel::yuan_text(kernel::Money::from_fen(amount_fen[i]));
      const auto account_no = book.account_no(static_cast<std::size_t>(account_row[i]));
      add({.at = kernel::Instant::china(kernel::Date::from_days(paid_on[i]), 0),
           .kind = "payment",
           .title = fmt::format("还款 {} 元", yuan),
           .title_en = fmt::format("paid {} yuan", yuan),
           .detail = kernel::mask_account_no(account_no),
           .by = "import"});
    }
    return kernel::Ok{};
  }

  std::vector<Entry> take() && {
    std::stable_sort(entries_.begin(), entries_.end(),
                     [](const Entry& a, const Entry& b) { return a.item.at > b.item.at; });
    if (entries_.size() > kItemsMax) entries_.erase(entries_.begin() + kItemsMax, entries_.end());
    return std::move(entries_);
  }

 private:
  std::string channel_zh(const std::string& channel) { return view_.words.zh("channel", channel); }
  std::string channel_en(const std::string& channel) { return view_.words.en("channel", channel); }

  store::Transaction& tx_;
  const CaseView& view_;
  std::vector<Entry> entries_;
};

}  // namespace

kernel::Result<std::vector<Entry>> load_timeline(store::Transaction& tx, const CaseView& view,
                                                 const book::BookView& book) {
  Writer writer(tx, view);
  TRY(writer.add_attempts());
  writer.add_past_contacts();
  writer.add_refusals();
  TRY(writer.add_promises());
  TRY(writer.add_notes());
  TRY(writer.add_holds());
  writer.add_moves();
  writer.add_bucket_changes();
  TRY(writer.add_payments(book));
  return std::move(writer).take();
}

}  // namespace casework
