#include "tables/view.h"

#include <algorithm>

#include "tables/analysis.h"
#include "tables/rows.h"
#include "tables/versions.h"

namespace tables {

using kernel::Code;
using kernel::Error;
using kernel::Result;

namespace {

std::string title_of_decision(const decision::DecisionInfo& info) {
  return info.label.empty() ? info.name : info.label;
}

std::string kind_of(const decision::DecisionInfo& info) {
  return info.table ? "table" : info.expression.empty() ? "context" : "literal";
}

DecisionLine render_line(const decision::DecisionInfo& info) {
  DecisionLine line{info.name, title_of_decision(info), kind_of(info), "", 0};
  if (info.table) {
    line.hit_policy = decision::hit_policy_letter(info.table->hit_policy, info.table->aggregation);
    line.rows = static_cast<std::int64_t>(info.table->rules.size());
  }
  return line;
}

DecisionTable render_decision(const decision::DecisionInfo& info, const strategy::Words& words) {
  const DecisionLine line = render_line(info);
  DecisionTable out{
      line.name, line.title, line.kind, line.hit_policy, info.expression, info.decisions,
      {},        {},         {}};
  if (!info.table) return out;
  const auto named = [&](const std::string& label, const std::string& name) {
    return !label.empty() ? label : words.has(name, "") ? words.zh(name) : name;
  };
  for (const auto& input : info.table->inputs)
    out.inputs.push_back({named(input.label, input.expression), input.expression});
  for (const auto& output : info.table->outputs) {
    const std::string name = output.name.empty() ? info.name : output.name;
    out.outputs.push_back({name, named(output.label, name)});
  }
  std::int64_t row = 0;
  for (const auto& rule : info.table->rules) {
    std::string annotation;
    for (const std::string& note : rule.annotations) {
      if (!note.empty()) annotation += (annotation.empty() ? "" : "；") + note;
    }
    out.rows.push_back({++row, rule.id, rule.inputs, rule.outputs, annotation});
  }
  return out;
}

TableLine render_file(store::Transaction& tx, const FileInForce& file,
                      const strategy::ModelFile& model, const strategy::Words& words,
                      kernel::Date date) {
  const auto& night = night_files();
  TableLine line{.file = path_of_file(file.file),
                 .title = title_of(words, file.file, model.model.get()),
                 .version = file.version,
                 .version_id = file.version_id,
                 .source = file.version_id.value() == 0 ? "shipped" : "released",
                 .effective_from = file.effective_from,
                 .shipped_changed = file.shipped_version != file.shipped_before};
  line.needs_simulation = std::find(night.begin(), night.end(), file.file) != night.end();
  line.editable = !says_who_is_protected(file.file);
  if (is_pack(file.file)) line.editable = file.shipped_version.empty() || !is_law(*model.model);
  line.open_drafts = count_open(tx, file.file);
  for (const VersionRow& row : load_approved(tx, file.file))
    if (!line.next_from && *row.effective_from > date) line.next_from = row.effective_from;
  for (const auto& info : model.model->decisions()) line.decisions.push_back(render_line(info));
  return line;
}

}  // namespace

Result<TableList> list_tables(const Deps& deps, kernel::Date date) {
  TRY_ASSIGN(const auto words, shipped_words(deps.decisions));
  return deps.store.read([&](store::Transaction& tx) -> Result<TableList> {
    TRY_ASSIGN(const auto files, files_in_force(tx, deps.decisions, date));
    TRY_ASSIGN(const auto models, models_in_force(tx, deps.decisions, date));
    TableList list;
    for (const FileInForce& file : files)
      list.items.push_back(render_file(tx, file, *models.find(file.file), *words, date));
    return list;
  });
}

Result<TableFile> show_table(const Deps& deps, const std::string& name, const std::string& version,
                             kernel::Date today) {
  const std::string file = file_of_path(name);
  TRY_ASSIGN(const auto words, shipped_words(deps.decisions));
  return deps.store.read([&](store::Transaction& tx) -> Result<TableFile> {
    TRY_ASSIGN(const auto files, files_in_force(tx, deps.decisions, today));
    TRY_ASSIGN(const FoundBytes found,
               find_text(tx, deps.decisions, deps.shelf.data_dir(), file, version, today));
    const Read read = read_model(*found.bytes, file, files);
    if (!read.model) return Error{Code::conflict, "it cannot be read: " + read.problem, "version"};
    TableFile out{.file = path_of_file(file),
                  .title = title_of(*words, file, &*read.model),
                  .version = found.version};
    out.in_force = std::any_of(files.begin(), files.end(), [&](const FileInForce& one) {
      return one.file == file && one.version == found.version;
    });
    for (const auto& info : read.model->decisions())
      out.decisions.push_back(render_decision(info, *words));
    return out;
  });
}

}  // namespace tables
