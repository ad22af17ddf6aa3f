#include "wording/pinyin.h"

#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "kernel/check.h"

namespace wording {

namespace {

constexpr char32_t first_code = 0xE000;  // of the private use area
constexpr char32_t han_first = 0x4E00, han_end = 0xA000;
constexpr std::size_t syllable_letters_max = 6;  // zhuang

// Every syllable of standard Chinese as ICU writes it: a closed set.
constexpr std::string_view syllables =
    "a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can "
    "cang cao ce cen ceng cha chai chan chang chao che chen cheng chi chong chou chu chua chuai "
    "chuan chuang chui chun chuo ci cong cou cu cuan cui cun cuo da dai dan dang dao de den deng "
    "di dian diao die ding diu dong dou du duan dui dun duo e ei en eng er fa fan fang fei fen "
    "feng fiao fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui "
    "gun guo ha hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji "
    "jia jian jiang jiao jie jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke kei ken "
    "keng kong kou ku kua kuai kuan kuang kui kun kuo la lai lan lang lao le lei leng li lia lian "
    "liang liao lie lin ling liu lo long lou lu luan lue lun luo ma mai man mang mao me mei men "
    "meng mi mian miao mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian "
    "niang niao nie nin ning niu nong nou nu nuan nue nun nuo o ou pa pai pan pang pao pei pen "
    "peng pi pian piao pie pin ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu "
    "quan que qun ran rang rao re ren reng ri rong rou ru rua ruan rui run ruo sa sai san sang "
    "sao se sen seng sha shai shan shang shao she shei shen sheng shi shou shu shua shuai shuan "
    "shuang shui shun shuo si song sou su suan sui sun suo ta tai tan tang tao te teng ti tian "
    "tiao tie ting tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi xia xian "
    "xiang xiao xie xin xing xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yo yong you "
    "yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhen zheng "
    "zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo";

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};
using Codes = std::unordered_map<std::string, char32_t, TextHash, std::equal_to<>>;

const Codes& codes() {
  static const Codes all = [] {
    Codes made;
    std::string_view rest = syllables;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      made.emplace(rest.substr(0, end), first_code + static_cast<char32_t>(made.size()));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return made;
  }();
  return all;
}

// ICU takes some 30 µs a character, so each is asked of it once, when it first comes.
class Readings {
 public:
  char32_t of(char32_t han) {
    auto& known = known_[han - han_first];
    char32_t code = known.load(std::memory_order_relaxed);
    if (code == 0) {
      code = ask(han);
      known.store(code, std::memory_order_relaxed);
    }
    return code;
  }

 private:
  char32_t ask(char32_t han) {
    const std::lock_guard held(mutex_);
    if (!made_) {
      UErrorCode status = U_ZERO_ERROR;
      transliterator_.reset(
          icu::Transliterator::createInstance("Han-Latin; Latin-ASCII", UTRANS_FORWARD, status));
      CHECK_MSG(U_SUCCESS(status) != 0 && transliterator_ != nullptr, "ICU has no Han-Latin");
      made_ = true;
    }
    icu::UnicodeString text(static_cast<UChar32>(han));
    transliterator_->transliterate(text);
    std::string latin;
    text.toUTF8String(latin);
    return syllable_named(latin).value_or(han);
  }

  std::mutex mutex_;
  bool made_ = false;
  std::unique_ptr<icu::Transliterator> transliterator_;
  std::array<std::atomic<char32_t>, han_end - han_first> known_{};
};

// A run of letters as syllables, the longest first; nothing where it is not all pinyin.
bool split_run(std::string_view run, std::vector<std::pair<char32_t, std::size_t>>& out) {
  if (run.empty()) return true;
  for (std::size_t size = std::min(run.size(), syllable_letters_max); size > 0; --size) {
    const auto code = syllable_named(run.substr(0, size));
    if (!code) continue;
    out.emplace_back(*code, size);
    if (split_run(run.substr(size), out)) return true;
    out.pop_back();
  }
  return false;
}

constexpr std::size_t run_letters_max = 24;  // keeps the search for a split short

// Appends the Latin run at `begin`; gives where it ends.
std::size_t append_run(const Normal& text, std::size_t begin, View& view) {
  const auto& chars = text.chars;
  std::size_t end = begin;
  std::string run;
  while (end < chars.size() && is_latin(chars[end].c) && (end == begin || !chars[end].gap))
    run.push_back(static_cast<char>(chars[end++].c));
  std::vector<std::pair<char32_t, std::size_t>> parts;
  auto at = static_cast<std::uint32_t>(begin);
  if (run.size() >= 2 && run.size() <= run_letters_max && split_run(run, parts)) {
    for (const auto& [code, size] : parts) {
      view.push_back({code, at, at + static_cast<std::uint32_t>(size)});
      at += static_cast<std::uint32_t>(size);
    }
  } else {
    for (; at < end; ++at) view.push_back({chars[at].c, at, at + 1});
  }
  return end;
}

char32_t digit_sound(char32_t digit) {
  static constexpr std::array<std::string_view, 10> names = {"ling", "yi",  "er", "san", "si",
                                                             "wu",   "liu", "qi", "ba",  "jiu"};
  return syllable_named(names.at(digit - U'0')).value_or(digit);
}

}  // namespace

std::optional<char32_t> syllable_named(std::string_view pinyin) {
  const auto found = codes().find(pinyin);
  if (found == codes().end()) return std::nullopt;
  return found->second;
}

char32_t syllable_of(char32_t han) {
  static Readings readings;
  return han >= han_first && han < han_end ? readings.of(han) : han;
}

View plain_view(const Normal& text) {
  View view;
  view.reserve(text.chars.size());
  for (std::uint32_t i = 0; i < text.chars.size(); ++i) view.push_back({text.chars[i].c, i, i + 1});
  return view;
}

View sound_view(const Normal& text) {
  const auto& chars = text.chars;
  const auto digit = [&](std::size_t i) { return i < chars.size() && is_digit(chars[i].c); };
  View view;
  view.reserve(chars.size());
  for (std::size_t i = 0; i < chars.size();) {
    const auto at = static_cast<std::uint32_t>(i);
    const char32_t c = chars[i].c;
    if (is_latin(c)) {
      i = append_run(text, i, view);
      continue;
    }
    const bool alone = digit(i) && !digit(i + 1) && !(i > 0 && digit(i - 1));
    view.push_back({is_han(c) ? syllable_of(c) : alone ? digit_sound(c) : c, at, at + 1});
    ++i;
  }
  return view;
}

}  // namespace wording
