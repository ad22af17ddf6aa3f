// Measures one decision on the data that bench/decision/run wrote: decision_bench FOLDER
// [--answers]. FOLDER/manifest says which model, decision and columns. Prints one line of JSON;
// with
// --answers it writes the answers of every row beside the columns instead.

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>

#include "decision/decision.h"

namespace {

using namespace decision;

struct Column {
  ColumnType type;
  std::vector<std::int32_t> numbers;
  std::vector<std::int16_t> codes;
  std::vector<std::uint8_t> flags;
  std::vector<std::string> words;

  ColumnData data() const {
    if (type.kind == ColumnKind::string) return Codes16{codes, words};
    if (type.kind == ColumnKind::boolean) return Flags{flags};
    return std::span<const std::int32_t>(numbers);
  }
  Column repeated(std::size_t row, std::size_t count) const {
    Column column{type, {}, {}, {}, words};
    if (!numbers.empty()) column.numbers.assign(count, numbers[row]);
    if (!codes.empty()) column.codes.assign(count, codes[row]);
    if (!flags.empty()) column.flags.assign(count, flags[row]);
    return column;
  }
};

struct Job {
  std::string model;
  std::string decision;
  std::size_t rows = 0;
  std::vector<Column> columns;
};

std::vector<std::int32_t> read_numbers(const std::string& path, std::size_t rows) {
  std::vector<std::int32_t> numbers(rows);
  std::ifstream stream(path, std::ios::binary);
  stream.read(reinterpret_cast<char*>(numbers.data()), static_cast<std::streamsize>(rows * 4));
  if (stream.gcount() != static_cast<std::streamsize>(rows * 4)) numbers.clear();
  return numbers;
}

Job read_job(const std::string& folder) {
  Job job;
  std::ifstream manifest(folder + "/manifest");
  for (std::string line; std::getline(manifest, line);) {
    std::istringstream words(line);
    std::string what, kind, name;
    words >> what;
    if (what == "model") words >> job.model;
    if (what == "decision") words >> job.decision;
    if (what == "rows") words >> job.rows;
    if (what != "input") continue;
    words >> kind >> name;
    Column column;
    column.type.name = name;
    auto raw = read_numbers(folder + "/" + name + ".i32", job.rows);
    if (kind == "string") {
      column.type.kind = ColumnKind::string;
      column.codes.assign(raw.begin(), raw.end());
      std::ifstream list(folder + "/" + name + ".words");
      for (std::string word; std::getline(list, word);) column.words.push_back(word);
    } else if (kind == "boolean") {
      column.type.kind = ColumnKind::boolean;
      column.flags.assign(raw.begin(), raw.end());
    } else {
      column.numbers = std::move(raw);
    }
    job.columns.push_back(std::move(column));
  }
  return job;
}

std::vector<ColumnData> data_of(const std::vector<Column>& columns) {
  std::vector<ColumnData> data;
  for (const Column& column : columns) data.push_back(column.data());
  return data;
}

template <class Work>
double seconds(const Work& work) {
  auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Merely reads the columns; unrolled by the compiler as far as it likes.
template <class T>
__attribute__((optimize("O3"), noinline)) std::int64_t sum(const std::vector<T>& values) {
  std::int64_t total = 0;
  for (T value : values) total += value;
  return total;
}

std::int64_t read_all(const std::vector<Column>& columns) {
  std::int64_t total = 0;
  for (const Column& column : columns) {
    total += sum(column.numbers) + sum(column.codes) + sum(column.flags);
  }
  return total;
}

void set_inputs(CaseRun& run, const std::vector<Column>& columns,
                const std::vector<std::size_t>& slots, std::size_t row) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Column& column = columns[i];
    if (column.type.kind == ColumnKind::string) {
      run.set_string(slots[i], column.words[static_cast<std::size_t>(column.codes[row])]);
    } else if (column.type.kind == ColumnKind::boolean) {
      run.set_boolean(slots[i], column.flags[row] != 0);
    } else {
      run.set_number(slots[i], column.numbers[row]);
    }
  }
}

Context context_of(const std::vector<Column>& columns, std::size_t row) {
  Context inputs;
  for (const Column& column : columns) {
    Value value;
    if (!column.codes.empty()) value = column.words[static_cast<std::size_t>(column.codes[row])];
    if (!column.flags.empty()) value = column.flags[row] != 0;
    if (!column.numbers.empty()) value = static_cast<std::int64_t>(column.numbers[row]);
    inputs.set(column.type.name, value);
  }
  return inputs;
}

double heap_kib() {
  struct mallinfo2 heap = mallinfo2();
  return static_cast<double>(heap.uordblks + heap.hblkhd) / 1024;
}

void print(std::map<std::string, double>& said) {
  std::printf("{");
  const char* comma = "";
  for (const auto& [name, value] : said) {
    std::printf("%s\"%s\": %.9g", comma, name.c_str(), value);
    comma = ", ";
  }
  std::printf("}\n");
}

void write_answers(const std::string& folder, const ColumnResult& result) {
  for (const OutputColumn& column : result.outputs) {
    std::ofstream out(folder + "/" + column.name + ".answers");
    std::size_t rows = std::max(column.numbers.size(), column.codes.size());
    for (std::size_t row = 0; row < rows; ++row) {
      bool null = !column.nulls.empty() && column.nulls[row] != 0;
      if (null) {
        out << "null\n";
      } else if (column.kind == ColumnKind::string) {
        out << column.dictionary[static_cast<std::size_t>(column.codes[row])] << '\n';
      } else {
        out << column.numbers[row] << '\n';
      }
    }
  }
}

double column_rate(const ColumnProgram& program, const std::vector<Column>& columns,
                   std::size_t rows, bool fired) {
  auto data = data_of(columns);
  ColumnResult result;
  bool well = true;
  auto pass = [&] {
    well = program.run_into(result, data, 0, rows, {.fired_rows = fired}) && well;
  };
  pass();
  double best = seconds(pass);
  for (int i = 0; i < 2; ++i) best = std::min(best, seconds(pass));
  return well ? static_cast<double>(rows) / best : 0;
}

// Cases a second, through slots; `row_of` says which row comes next.
template <class RowOf>
double case_rate(const CaseProgram& program, const std::vector<Column>& columns, std::size_t count,
                 const RowOf& row_of) {
  CaseRun run(program);
  std::vector<std::size_t> slots;
  for (const Column& column : columns) slots.push_back(program.slot(column.type.name).value_or(0));
  std::size_t answered = 0;
  double took = seconds([&] {
    for (std::size_t i = 0; i < count; ++i) {
      set_inputs(run, columns, slots, row_of(i));
      if (run.decide() && !run.is_null(0)) ++answered;
    }
  });
  return answered == count ? static_cast<double>(count) / took : 0;
}

void measure(const Model& model, const Job& job, std::map<std::string, double>& said) {
  std::vector<ColumnType> types;
  for (const Column& column : job.columns) types.push_back(column.type);
  double before = heap_kib();
  auto program = model.compile(job.decision, types);
  said["program_kib"] = heap_kib() - before;
  said["compile_s"] = seconds([&] { program = model.compile(job.decision, types); });
  auto prepared = model.prepare(job.decision, types);
  if (!program || !program->lowered() || !prepared || !prepared->lowered()) {
    std::fprintf(stderr, "not lowered\n");
    return;
  }
  said["columns"] = column_rate(*program, job.columns, job.rows, false);
  said["columns_explained"] = column_rate(*program, job.columns, job.rows, true);
  std::int64_t total = read_all(job.columns);
  double reading = 1e9;
  for (int i = 0; i < 5; ++i) {
    reading = std::min(reading, seconds([&] { total += read_all(job.columns); }));
  }
  said["read"] = static_cast<double>(job.rows) / reading;
  if (total == 42) said["never"] = 1;  // so that the sums are made

  auto data = data_of(job.columns);
  auto all = program->run(data, 0, job.rows, {.fired_rows = true});
  const auto& fired = all->fired_rows.back();
  auto least =
      static_cast<std::size_t>(std::min_element(fired.begin(), fired.end()) - fired.begin());
  auto most =
      static_cast<std::size_t>(std::max_element(fired.begin(), fired.end()) - fired.begin());
  said["first_row"] = fired[least];
  said["last_row"] = fired[most];
  for (auto [name, row] : {std::pair{"columns_first", least}, {"columns_last", most}}) {
    std::vector<Column> same;
    for (const Column& column : job.columns) same.push_back(column.repeated(row, job.rows));
    said[name] = column_rate(*program, same, job.rows, true);
  }
  constexpr std::size_t kCases = 300'000;
  auto any = [&](std::size_t i) { return i % job.rows; };
  case_rate(*prepared, job.columns, kCases / 10, any);
  said["case"] = case_rate(*prepared, job.columns, kCases, any);
  said["case_first"] =
      case_rate(*prepared, job.columns, kCases, [&](std::size_t) { return least; });
  said["case_last"] = case_rate(*prepared, job.columns, kCases, [&](std::size_t) { return most; });

  CaseRun run(*prepared);
  std::vector<std::size_t> slots;
  for (const Column& column : job.columns) slots.push_back(*prepared->slot(column.type.name));
  constexpr std::size_t kFew = 20'000;
  std::size_t rows = 0;
  said["case_explained"] = static_cast<double>(kFew) / seconds([&] {
                             for (std::size_t i = 0; i < kFew; ++i) {
                               set_inputs(run, job.columns, slots, any(i));
                               run.decide();
                               rows += run.explain().fired.size();
                             }
                           });
  std::size_t interpreted = job.rows > 0 && all->fired_rows.back()[most] > 1000 ? 200 : 5000;
  said["interpreter"] =
      static_cast<double>(interpreted) / seconds([&] {
        for (std::size_t i = 0; i < interpreted; ++i) {
          rows += model.evaluate(job.decision, context_of(job.columns, any(i))).fired.size();
        }
      });
  if (rows == 0) said["never"] = 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 64;
  std::string folder = argv[1];
  Job job = read_job(folder);
  auto parsed = Model::load(job.model);
  if (!parsed) {
    std::fprintf(stderr, "%s: %s\n", parsed.error().where.c_str(), parsed.error().message.c_str());
    return 1;
  }
  if (argc > 2) {
    std::vector<ColumnType> types;
    for (const Column& column : job.columns) types.push_back(column.type);
    auto program = parsed->compile(job.decision, types);
    if (!program) return 1;
    auto data = data_of(job.columns);
    auto result = program->run(data, 0, job.rows);
    if (!result) return 1;
    write_answers(folder, *result);
    return 0;
  }
  std::map<std::string, double> said;
  said["parse_s"] = seconds([&] { parsed = Model::load(job.model); });
  measure(*parsed, job, said);
  print(said);
}
