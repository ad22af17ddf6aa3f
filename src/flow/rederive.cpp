// A past night made again from what it was made from, in a folder of its own, and compared.

#include <stdlib.h>

#include <algorithm>

#include "flow/differences.h"
#include "flow/edition.h"
#include "flow/files.h"
#include "flow/run_stage.h"
#include "flow/stages.h"
#include "flow/types.h"

namespace flow {

namespace fs = std::filesystem;

namespace {

// A folder that goes with its owner.
class Scratch {
 public:
  static kernel::Result<Scratch> make(const fs::path& parent) {
    std::error_code failed;
    const fs::path place = parent.empty() ? fs::temp_directory_path(failed) : parent;
    std::string name = (place / "evenhand-rederive-XXXXXX").string();
    if (failed || ::mkdtemp(name.data()) == nullptr) {
      return kernel::Error{kernel::Code::unavailable,
                           "cannot make a folder to make the night in: name another by --scratch",
                           place.string()};
    }
    return Scratch(name);
  }
  Scratch(Scratch&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  explicit Scratch(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

// The cut is an input: it is read as it was frozen, and nothing newer.
kernel::Status take_cut(const fs::path& recorded, std::size_t position, const fs::path& scratch) {
  const std::string name = stage_folder_name(position);
  if (!fs::exists(recorded / name)) {
    return kernel::Error{kernel::Code::not_found, "its cut of the casebook is gone",
                         (recorded / name).string()};
  }
  std::error_code failed;
  fs::copy(recorded / name, scratch / name, fs::copy_options::recursive, failed);
  if (!failed) return kernel::Ok{};
  return kernel::Error{kernel::Code::unavailable, "cannot copy: " + failed.message(),
                       (scratch / name).string()};
}

kernel::Status make_again(Night& night, const fs::path& recorded, const BookFile& file,
                          const fs::path& scratch) {
  TRY(open_previous(night));
  for (std::size_t position = 0; position < stages().size(); ++position) {
    if (std::string_view(stages()[position].name) != "cut") {
      TRY(run_stage(night, position, scratch));
      continue;
    }
    TRY(take_cut(recorded, position, scratch));
    TRY(load_stage(night, position, scratch));
    if (night.cut_hash == file.cut_hash) continue;
    return kernel::Error{kernel::Code::corrupt, "its cut of the casebook is not what it was",
                         (recorded / stage_folder_name(position)).string()};
  }
  return settle_edition(scratch);
}

kernel::Status remake(store::Store& store, const RederiveOptions& options, const BookFile& file,
                      const fs::path& recorded, Rederived& told) {
  TRY_ASSIGN(const Inputs inputs, load_inputs_of(store, options.data_dir, file));
  TRY(check_columns(recorded));
  if (inputs.previous) TRY(check_columns(inputs.previous_folder));
  for (const intake::BatchRef& batch : inputs.batches) TRY(check_columns(batch.folder));

  TRY_ASSIGN(const Scratch scratch, Scratch::make(options.scratch_dir));
  NightOptions night_options;
  night_options.data_dir = options.data_dir;
  night_options.date = file.date;
  night_options.threads = options.threads;
  Night night{.options = night_options, .store = store, .inputs = inputs};
  night.made_before = true;
  TRY_ASSIGN(night.recorded_back_dated, load_back_dated(recorded / stage_folder_of("merge")));
  TRY(make_again(night, recorded, file, scratch.path()));
  TRY_ASSIGN(told.hash, hash_of_edition(scratch.path()));
  TRY_ASSIGN(told.what, first_difference(recorded, scratch.path()));
  if (told.what.empty() && told.hash != file.hash) told.what = "book.json: names another hash";
  if (told.what.empty() && file.edition != edition_of(file.input_key, file.cut_hash)) {
    told.what = "book.json: names another edition";
  }
  return kernel::Ok{};
}

}  // namespace

std::vector<EditionRef> editions(const fs::path& data_dir) {
  std::vector<EditionRef> all;
  for (const kernel::Date date : book::book_dates(data_dir)) {
    const kernel::Result<std::string> current = book::current_edition(data_dir, date);
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(book::book_folder(data_dir, date), ignored)) {
      if (entry.path().extension() == ".part" || !fs::exists(entry.path() / "book.json")) continue;
      const std::string edition = entry.path().filename().string();
      all.push_back({date, edition, current && *current == edition});
    }
  }
  std::sort(all.begin(), all.end(), [](const EditionRef& a, const EditionRef& b) {
    return a.date != b.date ? a.date < b.date : a.edition < b.edition;
  });
  return all;
}

kernel::Result<Rederived> rederive(store::Store& store, const RederiveOptions& options,
                                   const EditionRef& which) {
  const fs::path recorded = book::book_folder(options.data_dir, which.date) / which.edition;
  TRY_ASSIGN(const BookFile file, load_book_file(recorded));
  Rederived told{.date = which.date,
                 .edition = which.edition,
                 .state = "same",
                 .recorded_hash = file.hash,
                 .hash = {},
                 .what = {}};
  const kernel::Status made = remake(store, options, file, recorded, told);
  if (made) {
    if (!told.what.empty()) told.state = "differs";
    return told;
  }
  const kernel::Error& why = made.error();
  if (why.code == kernel::Code::unavailable) return why;
  // Anything but bytes that are not what they were: an input is gone, or this program cannot make
  // the night from what another made it from.
  told.state = why.code == kernel::Code::corrupt ? "differs" : "impossible";
  told.what = why.message + (why.where.empty() ? "" : " (" + why.where + ")");
  return told;
}

}  // namespace flow
