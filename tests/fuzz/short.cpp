// The short form of every fuzzer, in ./test: the examples it is given, then the same changed at
// random, always in the same order, for a second or two under the sanitizers. What coverage finds
// takes `tools/fuzz`.
//   NAME_fuzz SECONDS [FILE|FOLDER…]     what it dies of is left in NAME_fuzz.died

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*)());

namespace {

constexpr std::size_t longest = 8'192;

std::string died_file;
std::vector<std::uint8_t> bytes;  // what is run now

void leave_input() {
  std::ofstream(died_file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

// Of exactly its size and without a terminating byte, so that a read past the end is seen.
void run(const std::string& input) {
  bytes = std::vector<std::uint8_t>(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::vector<std::string> read_examples(int argc, char** argv) {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  for (int i = 2; i < argc; ++i) {
    if (!fs::exists(argv[i])) {
      std::fprintf(stderr, "no such example: %s\n", argv[i]);
      std::exit(2);
    }
    if (!fs::is_directory(argv[i])) {
      files.push_back(argv[i]);
      continue;
    }
    for (const auto& entry : fs::directory_iterator(argv[i]))
      if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> examples;
  for (const fs::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    examples.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  if (examples.empty()) examples.emplace_back();
  return examples;
}

class Mutator {
 public:
  explicit Mutator(const std::vector<std::string>& examples) : examples_(examples) {}

  std::string next() {
    std::string text = pick();
    for (std::size_t steps = 1 + below(6); steps > 0; --steps) change(text);
    text.resize(std::min(text.size(), longest));
    return text;
  }

 private:
  std::size_t below(std::size_t end) { return end == 0 ? 0 : random_() % end; }
  const std::string& pick() { return examples_[below(examples_.size())]; }

  void change(std::string& text) {
    const std::size_t at = below(text.size() + 1), length = below(1 + below(64));
    switch (below(6)) {
      case 0:  // a byte
        if (at < text.size()) text[at] = static_cast<char>(random_());
        break;
      case 1:  // a bit
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        break;
      case 2:
        text.erase(at, length);
        break;
      case 3:
        text.insert(at, std::string(length, static_cast<char>(random_())));
        break;
      case 4: {  // a piece of another example
        const std::string& other = pick();
        text.insert(at, other.substr(below(other.size() + 1), length));
        break;
      }
      default:
        text.insert(at, text.substr(below(text.size() + 1), length));
    }
  }

  const std::vector<std::string>& examples_;
  std::mt19937 random_{20'261'122};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "%s SECONDS [FILE|FOLDER...]\n", argv[0]);
    return 2;
  }
  died_file = std::string(argv[0]) + ".died";
  std::signal(SIGABRT, [](int) { leave_input(); });  // CHECK, std::terminate
  if (__sanitizer_set_death_callback) __sanitizer_set_death_callback(leave_input);
  const auto end = std::chrono::steady_clock::now() +
                   std::chrono::milliseconds(static_cast<int>(std::atof(argv[1]) * 1000));
  const std::vector<std::string> examples = read_examples(argc, argv);
  for (const std::string& example : examples) run(example);
  Mutator mutator(examples);
  std::size_t runs = examples.size();
  for (; std::chrono::steady_clock::now() < end; ++runs) run(mutator.next());
  std::printf("%zu runs from %zu examples\n", runs, examples.size());
}
