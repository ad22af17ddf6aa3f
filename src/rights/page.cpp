#include "rights/page.h"

#include <fmt/format.h>

#include "http/json.h"
#include "rights/words.h"

namespace rights {

using store::HeldColumn;
using store::HeldSection;

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

constexpr std::string_view style = R"(
body{font:15px/1.6 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;color:#222;
max-width:1100px;margin:2em auto;padding:0 1em}
h1{font-size:24px}h2{font-size:18px;margin-top:2em;border-bottom:1px solid #bbb}
table{border-collapse:collapse;width:100%;font-size:13px}
th,td{border:1px solid #ccc;padding:4px 8px;text-align:left;vertical-align:top}
th{background:#f3f3f0}td{overflow-wrap:anywhere}.note,.none{color:#666}
.mark{color:#8a5a00;border:1px solid #d9b36c;padding:6px 10px}
footer{margin-top:3em;color:#666;font-size:13px}
)";

std::string render_section(const HeldSection& section, const strategy::Words& words) {
  std::string out = fmt::format("<section id=\"{}\">\n<h2>{}（{}）</h2>\n", escaped(section.name),
                                escaped(section.title), section.rows.size());
  if (!section.note.empty()) out += "<p class=\"note\">" + escaped(section.note) + "</p>\n";
  if (section.rows.empty()) return out + "<p class=\"none\">没有。</p>\n</section>\n";
  out += "<table>\n<tr>";
  for (const HeldColumn& column : section.columns) out += "<th>" + escaped(column.title) + "</th>";
  out += "</tr>\n";
  for (const auto& row : section.rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < row.size() && i < section.columns.size(); ++i)
      out += "<td>" + escaped(show_value(section.columns[i].words, row[i], words)) + "</td>";
    out += "</tr>\n";
  }
  return out + "</table>\n</section>\n";
}

}  // namespace

std::string render_page(const CopyHead& head, const std::vector<HeldSection>& sections,
                        const strategy::Words& words) {
  const std::string at = show_value("at", head.made_at.format(), words);
  const std::string mark = fmt::format("衡收 · 请求 {} · 由 {} 制作于 {}", escaped(head.request_id),
                                       escaped(head.made_by), at);
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n<title>个人信息副本</title>\n<style>{}</style>\n</head>\n<body>\n"
      "<h1>个人信息副本</h1>\n<p class=\"mark\">{}</p>\n",
      style, mark);
  out += fmt::format(
      "<p>客户号：{}。依《个人信息保护法》第四十五条，本文件列出本系统所存与您有关的全部个人信息，"
      "以及对您的账户所作的自动化决定与理由。同样的内容另以 data.json 供您转移到其他机构。</p>\n"
      "<p>您还可以要求更正、补充（第四十六条），删除（第四十七条），限制或拒绝处理（第四十四条），"
      "撤回同意（第十五条），对自动化决定要求说明并拒绝（第二十四条）。</p>\n<ol>\n",
      escaped(head.customer_nos));
  for (const HeldSection& one : sections)
    out += fmt::format("<li><a href=\"#{}\">{}</a>（{}）</li>\n", escaped(one.name),
                       escaped(one.title), one.rows.size());
  out += "</ol>\n";
  for (const HeldSection& one : sections) out += render_section(one, words);
  out += "<section id=\"files\">\n<h2>随附文件</h2>\n";
  if (head.documents.empty()) out += "<p class=\"none\">没有。</p>\n";
  for (const std::string& name : head.documents)
    out += fmt::format("<p><a href=\"{0}\">{0}</a></p>\n", escaped(name));
  for (const std::string& name : head.unreadable)
    out += fmt::format("<p class=\"note\">{}：未能读出，请向我们索取。</p>\n", escaped(name));
  return out + "</section>\n<footer>" + mark + "</footer>\n</body>\n</html>\n";
}

std::string render_data(const CopyHead& head, const std::vector<HeldSection>& sections) {
  const auto text = [](const std::string& one) { return http::write_json(one); };
  std::string out =
      "{\"format\":\"evenhand-person-copy-1\",\"request_id\":" + text(head.request_id) +
      ",\"made_by\":" + text(head.made_by) + ",\"made_at\":" + text(head.made_at.format()) +
      ",\"sections\":[";
  bool first_section = true;
  for (const HeldSection& section : sections) {
    if (!first_section) out += ",";
    first_section = false;
    out +=
        "\n{\"name\":" + text(section.name) + ",\"title\":" + text(section.title) + ",\"rows\":[";
    bool first_row = true;
    for (const auto& row : section.rows) {
      out += first_row ? "\n{" : ",\n{";
      first_row = false;
      for (std::size_t i = 0; i < row.size() && i < section.columns.size(); ++i)
        out += (i ? "," : "") + text(section.columns[i].name) + ":" + text(row[i]);
      out += "}";
    }
    out += "]}";
  }
  out += "],\"documents\":" + http::write_json(head.documents);
  return out + "}\n";
}

}  // namespace rights
