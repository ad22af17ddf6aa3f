#include "sample/person.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <vector>

#include "intake/types.h"

namespace sample {
namespace {

constexpr std::array<std::string_view, 60> surnames = {
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱",   "胡",
    "郭", "何", "林", "高", "罗", "郑", "梁", "谢", "宋", "唐", "许", "邓", "冯", "韩",   "曹",
    "曾", "彭", "萧", "蔡", "潘", "田", "董", "袁", "于", "余", "叶", "蒋", "杜", "苏",   "魏",
    "程", "吕", "丁", "沈", "任", "姚", "卢", "傅", "钟", "姜", "崔", "谭", "廖", "欧阳", "司马"};
constexpr std::array<std::string_view, 80> given = {
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明",
    "超", "秀", "霞", "平", "刚", "桂", "英", "华", "玉", "萍", "红", "建", "文", "辉", "力", "鹏",
    "飞", "鑫", "波", "斌", "宇", "浩", "凯", "俊", "帆", "雪", "婷", "慧", "琳", "晶", "欣", "怡",
    "佳", "梅", "兰", "云", "春", "海", "山", "林", "龙", "志", "国", "立", "宁", "安", "思", "子",
    "雨", "晨", "阳", "东", "南", "北", "一", "诚", "信", "义", "嘉", "瑞", "泽", "航", "天", "成"};
constexpr std::array<std::string_view, 12> streets = {"示例路", "样本街", "测试大道", "虚构巷",
                                                      "演示路", "模拟街", "范例大道", "假设路",
                                                      "样板街", "练习路", "试验大道", "构想巷"};
// Not given to any operator in the numbering plan of China's ministry of industry.
constexpr std::array<int, 7> free_blocks = {154, 160, 161, 163, 164, 168, 169};

// Prefectures where people live, the large ones more often.
const std::vector<std::int32_t>& places() {
  static const std::vector<std::int32_t> all = [] {
    std::vector<std::int32_t> codes;
    for (const intake::Region& region : intake::regions()) {
      const bool prefecture = region.code % 10000 != 0 && region.code % 10000 / 100 < 90;
      if (!prefecture || region.code == 500200) continue;
      const std::int32_t province = region.code / 10000, city = region.code % 10000;
      const bool municipality =
          province == 11 || province == 31 || province == 12 || province == 50;
      const int weight = municipality ? 24 : city == 100 ? 8 : city == 200 || city == 300 ? 3 : 1;
      codes.insert(codes.end(), static_cast<std::size_t>(weight), region.code);
    }
    return codes;
  }();
  return all;
}

template <class List>
auto any(Chance& chance, const List& list) {
  return list[static_cast<std::size_t>(chance.below(static_cast<std::int64_t>(list.size())))];
}

}  // namespace

std::string make_name(Chance& chance) {
  std::string name(any(chance, surnames));
  name += any(chance, given);
  if (chance.happens(700)) name += any(chance, given);
  return name;
}

std::string make_mobile(Chance& chance) {
  return fmt::format("{}{:08}", any(chance, free_blocks), chance.below(100'000'000));
}

// GB 11643: 17 digits and a check digit by ISO 7064 MOD 11-2.
std::string make_citizen_id(Chance& chance, std::int32_t region_code, kernel::Date birth_date) {
  std::string id =
      fmt::format("{:06}{:04}{:02}{:02}{:03}", region_code / 100 * 100 + 99, birth_date.year(),
                  birth_date.month(), birth_date.day(), chance.between(1, 999));
  int sum = 0, weight = 1;
  for (auto at = id.rbegin(); at != id.rend(); ++at) {
    weight = weight * 2 % 11;
    sum += (*at - '0') * weight;
  }
  return id + "10X98765432"[sum % 11];
}

MadeUpPerson make_person(Chance& chance, kernel::Date as_of) {
  MadeUpPerson person;
  person.name = make_name(chance);
  person.region_code = any(chance, places());
  person.birth_date = as_of.plus_days(-static_cast<std::int32_t>(chance.between(8000, 23'000)));
  person.citizen_id = make_citizen_id(chance, person.region_code, person.birth_date);
  person.mobile = make_mobile(chance);
  person.address =
      fmt::format("{}{}{}号{}室", intake::region_name(person.region_code), any(chance, streets),
                  chance.between(1, 999), chance.between(101, 3204));
  return person;
}

}  // namespace sample
