#include "tests/api/office.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "app/commands.h"
#include "http/openapi.h"
#include "http/status.h"
#include "http/url.h"
#include "people/types.h"

namespace tests {

namespace {

constexpr char now_text[] = "2026-11-20T10:00:00+08:00";

kernel::Instant office_now() {
  return kernel::Instant::parse(now_text).value();
}

std::vector<std::string> csv_files(const std::filesystem::path& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".csv") files.push_back(entry.path().string());
  return files;
}

void fill(const app::Place& place, const std::filesystem::path& sample) {
  app::SampleCommand make;
  make.accounts = 600;
  make.as_of = "2026-11-19";
  make.out = sample.string();
  CHECK(app::run_sample(make) == 0);
  app::ImportCommand import_files;
  import_files.place = place;
  import_files.mapping = (sample / "mapping.toml").string();
  import_files.files = csv_files(sample);
  CHECK(app::run_import(import_files) == 0);
  app::NightlyCommand night;
  night.place = place;
  night.date = "2026-11-20";
  night.threads = 1;
  CHECK(app::run_nightly(night) == 0);
}

}  // namespace

Office::Office() {
  app::Place place;
  place.data = folder_.path() / "data";
  place.now = now_text;
  place.decisions = "decisions";
  auto store = app::open_store(place, office_now);
  CHECK(store);
  store_ = std::move(*store);
  password_ = people::make_demo_staff(*store_, office_now(), people::cost_for_tests)->password;
  fill(place, folder_.path() / "sample");
  const auto decisions = app::find_decisions(place).value();
  house_ = std::make_unique<app::House>(*store_, place.data, decisions, people::Options{},
                                        gate::Clock::given());
  routes_ = http::with_openapi(house_->routes(), "test");
  server::Options options;
  options.authenticate = people::authenticator(*store_);
  options.limits.requests_per_s = options.limits.user_requests_per_s = 0;
  options.limits.sign_ins_per_min = 0;
  dispatch_ = std::make_unique<server::Dispatch>(routes_, server::Pages(), options);
}

std::vector<std::string> Office::source_lines(const std::string& file) const {
  std::ifstream in(folder_.path() / "sample" / file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  CHECK_MSG(lines.size() > 1, file.c_str());
  lines.erase(lines.begin());
  return lines;
}

std::string Office::cell(const std::string& line, int column) {
  std::string text;
  bool quoted = false;
  for (const char c : line) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      --column;
    else if (column == 0)
      text += c;
  }
  return text;
}

Desk Office::sign_in(const std::string& user_name) {
  http::Request request{.method = "POST", .path = "/api/v1/session", .remote = user_name};
  request.body = "{\"user_name\":\"" + user_name + "\",\"password\":\"" + password_ + "\"}";
  request.headers["content-type"] = "application/json";
  request.now = office_now();
  const auto answer = dispatch_->answer(std::move(request));
  CHECK_MSG(answer.response.status == 200, answer.response.body.c_str());
  Desk desk{.user_name = user_name};
  for (const auto& [name, value] : answer.response.headers)
    if (name == "Set-Cookie")
      desk.cookie = value.substr(value.find('=') + 1, value.find(';') - value.find('=') - 1);
  desk.csrf_token = boost::json::parse(answer.response.body).at("csrf_token").as_string();
  return desk;
}

Reply Office::ask(const Desk& desk, const std::string& method, const std::string& target,
                  const std::string& body, bool with_token) {
  const auto question = target.find('?');
  http::Request request{.method = method, .path = target.substr(0, question)};
  if (question != target.npos)
    request.query = http::parse_query(target.substr(question + 1)).value();
  request.remote = "test";
  request.body = body;
  request.now = office_now();
  request.headers["content-type"] = "application/json";
  if (!desk.bearer.empty()) request.headers["authorization"] = "Bearer " + desk.bearer;
  if (!desk.cookie.empty()) request.cookies[http::session_cookie] = desk.cookie;
  if (with_token) request.headers[http::csrf_header] = desk.csrf_token;
  const auto answer = dispatch_->answer(std::move(request));
  Reply reply{.status = answer.response.status, .body = nullptr, .text = answer.response.body};
  boost::json::error_code not_json;
  reply.body = boost::json::parse(reply.text, not_json);
  return reply;
}

namespace {

std::string sample_value(const http::Type& type) {
  using http::Kind;
  switch (type.kind) {
    case Kind::boolean:
      return "false";
    case Kind::integer:
    case Kind::number:
    case Kind::money:
      return "1";
    case Kind::text:
      return "\"x\"";
    case Kind::date:
      return "\"2026-11-20\"";
    case Kind::instant:
      return "\"2026-11-20T10:00:00+08:00\"";
    case Kind::id:
      return "\"1\"";
    case Kind::choice:
      return std::string("\"") + type.words.front() + '"';
    case Kind::optional:
      return "null";
    case Kind::list:
      return "[]";
    case Kind::object:
      return "{}";
  }
  return "null";
}

bool in_path(const http::Route& route, const std::string& name) {
  return route.path.find("{" + name + "}") != std::string::npos;
}

bool has_body(const http::Route& route) {
  return route.method == "POST" || route.method == "PUT";
}

}  // namespace

std::string sample_target(const http::Route& route) {
  std::string target = route.path, query;
  for (const auto& field : route.input.type().fields) {
    std::string value = sample_value(field.type());
    std::erase(value, '"');
    const std::string name = field.name, braces = "{" + name + "}";
    if (in_path(route, name))
      target.replace(target.find(braces), braces.size(), value);
    else if (!has_body(route) && field.type().kind != http::Kind::optional)
      query += (query.empty() ? "?" : "&") + name + "=" + value;
  }
  return target + query;
}

std::string sample_body(const http::Route& route) {
  if (!has_body(route)) return "";
  std::string body;
  for (const auto& field : route.input.type().fields)
    if (!in_path(route, field.name))
      body += (body.empty() ? "\"" : ",\"") + std::string(field.name) +
              "\":" + sample_value(field.type());
  return "{" + body + "}";
}

namespace {

std::map<std::string, std::unique_ptr<Office>> open_offices;

class Closing : public testing::Environment {
  void TearDown() override { open_offices.clear(); }
};
const auto* const closing = testing::AddGlobalTestEnvironment(new Closing);

}  // namespace

Office& office_of(const std::string& name) {
  std::unique_ptr<Office>& office = open_offices[name];
  if (!office) office = std::make_unique<Office>();
  return *office;
}

}  // namespace tests
