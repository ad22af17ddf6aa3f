#include "casework/held.h"

#include "casework/case_file.h"
#include "casework/types.h"
#include "store/vault.h"
#include "tables/types.h"

namespace casework {

using kernel::Result;
using store::HeldSection;
using store::Telling;
using store::Transaction;
using store::Whose;

namespace {

std::string fen(kernel::Money amount) {
  return std::to_string(amount.fen());
}

HeldSection tell_accounts(const book::BookView& book, const strategy::Words& words,
                          const Whose& whose) {
  HeldSection section{.name = "accounts",
                      .title = "账户",
                      .note = "截至 " + book.date().format() + " 日终；金额单位为元。",
                      .columns = {{"account_no", "账号"},
                                  {"customer_no", "客户号"},
                                  {"product", "产品", "product"},
                                  {"opened_on", "开户日", "date"},
                                  {"balance_fen", "余额", "fen"},
                                  {"overdue_fen", "逾期", "fen"},
                                  {"dpd", "逾期天数"},
                                  {"bucket", "逾期阶段", "bucket"},
                                  {"grade", "风险等级", "grade"},
                                  {"willingness", "还款意愿分"},
                                  {"ability", "还款能力分"},
                                  {"treatment", "处置方案", "treatment"}},
                      .rows = {}};
  for (const std::string& customer_no : whose.customer_nos) {
    const auto customer = book.find_customer(customer_no);
    if (!customer) continue;
    for (const CaseAccount& one : render_accounts(book, book.accounts_of(*customer), words))
      section.rows.push_back({one.account_no, customer_no, one.product, one.opened_on.format(),
                              fen(one.balance_fen), fen(one.overdue_fen), std::to_string(one.dpd),
                              one.bucket, one.grade, std::to_string(one.willingness),
                              std::to_string(one.ability), one.treatment});
  }
  return section;
}

std::string pairs_of(const std::vector<std::pair<std::string, std::string>>& pairs,
                     const strategy::Words& words) {
  std::string all;
  for (const auto& [name, value] : pairs) {
    std::string code = value;
    if (code.size() > 1 && code.front() == '"') code = code.substr(1, code.size() - 2);
    all += (all.empty() ? "" : "；") + words.zh(name) + " " + words.zh(name, code);
  }
  return all;
}

HeldSection tell_decisions(const book::BookView& book, const strategy::Models& models,
                           const strategy::Words& words, const Whose& whose) {
  HeldSection section{.name = "decisions",
                      .title = "自动化决定及其理由",
                      .note =
                          "逐户列出最近一次日终所用的每张规则表、命中的行、所看的情况与所得的"
                          "结果（《个人信息保护法》第二十四条）。不同意的，可要求人工复核。",
                      .columns = {{"date", "日期", "date"},
                                  {"account_no", "账号"},
                                  {"title", "规则表"},
                                  {"version", "版本"},
                                  {"row", "第几行"},
                                  {"inputs", "所看的情况"},
                                  {"outputs", "结果"},
                                  {"annotation", "说明"}},
                      .rows = {}};
  for (const std::string& customer_no : whose.customer_nos) {
    const auto customer = book.find_customer(customer_no);
    if (!customer) continue;
    for (const std::int32_t account : book.accounts_of(*customer)) {
      const auto row = static_cast<std::size_t>(account);
      for (const strategy::Explained& one : strategy::explain(models, book.accounts(), row))
        section.rows.push_back({book.date().format(), std::string(book.account_no(row)), one.title,
                                one.version, std::to_string(one.row), pairs_of(one.inputs, words),
                                pairs_of(one.outputs, words), one.annotation});
    }
  }
  return section;
}

Result<HeldSection> tell_payments(Transaction& tx, const book::Shelf& shelf, const Whose& whose,
                                  const Telling& telling) {
  HeldSection section{.name = "payments",
                      .title = "还款",
                      .note = {},
                      .columns = {{"paid_on", "日期", "date"},
                                  {"account_no", "账号"},
                                  {"amount_fen", "金额", "fen"}},
                      .rows = {}};
  TRY_ASSIGN(const auto payments,
             load_payments(tx, shelf.data_dir(), whose.account_nos,
                           kernel::Date::from_ymd(1990, 1, 1), telling.now.china_date()));
  for (const Payment& one : payments)
    section.rows.push_back({one.paid_on.format(), one.account_no, fen(one.amount_fen)});
  return section;
}

Result<std::string> open_note(Transaction& tx, const Telling& telling, const char* purpose,
                              const std::string& sealed) {
  if (sealed.empty()) return std::string();
  TRY_ASSIGN(const kernel::Note note, tx.vault().open_sealed<kernel::NoteTag>(purpose, sealed));
  return std::string(note.reveal(telling.fields));
}

Result<HeldSection> tell_promises(Transaction& tx, const Whose& whose, const Telling& telling) {
  HeldSection section{.name = "promises",
                      .title = "还款承诺",
                      .note = {},
                      .columns = {{"made_at", "时间", "at"},
                                  {"account_no", "账号"},
                                  {"amount_fen", "金额", "fen"},
                                  {"due_date", "承诺日", "date"},
                                  {"note", "备注", "note"}},
                      .rows = {}};
  for (const std::string& customer_no : whose.customer_nos)
    for (const Promise& one : promises_of(tx, customer_no)) {
      TRY_ASSIGN(std::string text, open_note(tx, telling, "promise.note", one.sealed_note));
      section.rows.push_back({one.made_at.format(), one.account_no, fen(one.amount_fen),
                              one.due_date.format(), std::move(text)});
    }
  return section;
}

Result<HeldSection> tell_notes(Transaction& tx, const Whose& whose, const Telling& telling) {
  HeldSection section{.name = "notes",
                      .title = "备注",
                      .note = {},
                      .columns = {{"written_at", "时间", "at"}, {"text", "内容", "note"}},
                      .rows = {}};
  kernel::Status status = kernel::Ok{};
  for (const std::string& customer_no : whose.customer_nos)
    tx.query("SELECT written_at, text FROM note WHERE customer_no = $1 ORDER BY written_at",
             {customer_no}, [&](const store::Row& row) {
               auto text = open_note(tx, telling, "note.text", row.blob(1));
               if (!text)
                 status = text.error();
               else
                 section.rows.push_back({row.instant(0).format(), *text});
             });
  if (!status) return status.error();
  return section;
}

kernel::Status erase(Transaction& tx, const Whose& whose, kernel::Instant) {
  for (const std::string& customer_no : whose.customer_nos) {
    tx.execute("DELETE FROM promise WHERE customer_no = $1", {customer_no});
    tx.execute("DELETE FROM note WHERE customer_no = $1", {customer_no});
  }
  return kernel::Ok{};
}

}  // namespace

store::HeldPart held(const book::Shelf& shelf, std::filesystem::path decisions,
                     ModelsOf models_of) {
  return {.room = "casework",
          .tell = [&shelf, decisions = std::move(decisions), models_of = std::move(models_of)](
                      Transaction& tx, const Whose& whose,
                      const Telling& telling) -> Result<std::vector<HeldSection>> {
            std::vector<HeldSection> all;
            if (shelf.latest()) {
              TRY_ASSIGN(const auto book, shelf.latest_book());
              TRY_ASSIGN(const auto words, tables::shipped_words(decisions));
              TRY_ASSIGN(const auto models,
                         models_of ? models_of(book->date())
                                   : tables::models_in_force(tx, decisions, book->date()));
              all.push_back(tell_accounts(*book, *words, whose));
              all.push_back(tell_decisions(*book, models, *words, whose));
            }
            TRY_ASSIGN(HeldSection payments, tell_payments(tx, shelf, whose, telling));
            TRY_ASSIGN(HeldSection promises, tell_promises(tx, whose, telling));
            TRY_ASSIGN(HeldSection notes, tell_notes(tx, whose, telling));
            for (HeldSection* one : {&payments, &promises, &notes}) all.push_back(std::move(*one));
            return all;
          },
          .erase = erase,
          .clean = {}};
}

}  // namespace casework
