#include "evidence/held.h"

#include "evidence/pack_summary.h"
#include "evidence/rows.h"
#include "tables/types.h"

namespace evidence {

store::HeldPart held(std::filesystem::path decisions) {
  return {.room = "evidence",
          .tell = [decisions = std::move(decisions)](
                      store::Transaction& tx, const store::Whose& whose,
                      const store::Telling&) -> kernel::Result<std::vector<store::HeldSection>> {
            TRY_ASSIGN(const auto words, tables::shipped_words(decisions));
            store::HeldSection section{.name = "facts",
                                       .title = "全部留痕",
                                       .note = "按时间列出与您和您的账户有关的每一条记录。",
                                       .columns = {{"made_at", "时间", "at"},
                                                   {"fact_id", "编号"},
                                                   {"kind", "种类", "fact_kind"},
                                                   {"said", "内容"}},
                                       .rows = {}};
            std::vector<std::string> subjects;
            for (const std::string& one : whose.customer_nos) subjects.push_back("customer:" + one);
            for (const std::string& one : whose.account_nos) subjects.push_back("account:" + one);
            for (const std::string& subject : subjects)
              each_fact_of(tx, subject, [&](StoredFact&& fact) {
                section.rows.push_back({fact.fact.made_at.format(),
                                        std::to_string(fact.fact_id.value()), fact.fact.kind,
                                        describe_fact(fact, *words).detail});
              });
            return std::vector<store::HeldSection>{std::move(section)};
          },
          .erase = {},
          .clean = {}};
}

}  // namespace evidence
