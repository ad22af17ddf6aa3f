// user, serve, openapi.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <thread>

#include "app/answer.h"
#include "app/commands.h"
#include "app/evidence_commands.h"
#include "app/metrics.h"
#include "app/rooms.h"
#include "http/openapi.h"
#include "looks/types.h"
#include "people/types.h"
#include "rights/types.h"
#include "server/server.h"
#include "store/vault.h"

namespace app {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace {

std::string user_line(const people::User& user) {
  return user.user_name + "\t" + http::role_name(user.role) + "\t" +
         (user.team.empty() ? "-" : user.team) + "\t" + user.shown_name +
         (user.active ? "" : "\t(not active)") + "\n";
}

std::string password_line(const people::WithPassword& made) {
  if (made.first_password.empty()) return user_line(made.user);  // signs in elsewhere
  return user_line(made.user) + "first password: " + made.first_password +
         "  (shown this once; it is changed at the first sign-in)\n";
}

Result<std::string> list_users(store::Store& store) {
  return store.read([](store::Transaction& tx) {
    std::string text;
    for (const people::User& user : people::load_users(tx)) text += user_line(user);
    return text;
  });
}

Result<std::string> change_users(const UserCommand& command, store::Store& store,
                                 kernel::Instant now) {
  if (command.action == "list") return list_users(store);
  if (command.action == "password") {
    TRY_ASSIGN(const auto made, people::reset_password(store, command.user_name, "command", now));
    return password_line(made);
  }
  if (command.action == "reset-second-step") {
    TRY(people::reset_second_step_of(store, command.user_name, "command", now));
    return command.user_name + ": the second step is ended, and every session\n";
  }
  if (command.action == "add") {
    const auto role = http::parse_role(command.role);
    if (!role)
      return Error{Code::invalid_input,
                   "a role is collector, lead, analyst, compliance, auditor or admin",
                   command.role};
    people::User user;
    user.user_name = command.user_name;
    user.shown_name = command.shown_name;
    user.role = *role;
    user.team = command.team;
    const auto by = people::parse_sign_in_by(command.sign_in_by);
    if (!by)
      return Error{Code::invalid_input, "one signs in by password, directory or provider",
                   command.sign_in_by};
    user.sign_in_by = *by;
    TRY_ASSIGN(const auto made, people::add_user(store, std::move(user), "command", now));
    return password_line(made);
  }
  TRY_ASSIGN(const auto staff, people::make_demo_staff(store, now));
  std::string text;
  for (const people::User& user : staff.users) text += user_line(user);
  return text + "password of all of them: " + staff.password + "\n";
}

Result<std::string> user_command(const UserCommand& command) {
  TRY_ASSIGN(const auto clock, make_clock(command.place.now));
  TRY_ASSIGN(const auto store, open_store(command.place, clock));
  return change_users(command, *store, clock());
}

// Each minute while the server lives: permits whose time has passed without an outcome become
// `unknown`, looks are sealed, whose last day is over is put out, who looked is judged, and keys
// destroyed meanwhile are forgotten. What fails is tried again the next minute.
class Sweep {
 public:
  Sweep(store::Store& store, std::function<kernel::Instant()> clock,
        std::filesystem::path decisions)
      : thread_([&store, clock = std::move(clock),
                 decisions = std::move(decisions)](const std::stop_token& stop) {
          std::mutex mutex;
          std::condition_variable_any woken;
          while (!stop.stop_requested()) {
            (void)store.transact(
                [&](store::Transaction& tx) { return gate::expire_permits(tx, clock()); });
            (void)looks::seal_looks(store, clock());
            (void)store.read([](store::Transaction& tx) { return tx.vault().follow(); });
            const auto left = people::end_employments(store, clock());
            if (!left)
              std::cerr << "evenhand: leavers' cases are not handed over: " + left.error().message +
                               "\n";
            const auto judged = looks::judge_alerts(store, decisions, clock());
            if (!judged)
              std::cerr << "evenhand: looks are not judged: " + judged.error().message + " at " +
                               judged.error().where + "\n";
            std::unique_lock lock(mutex);
            woken.wait_for(lock, stop, std::chrono::minutes(1), [] { return false; });
          }
        }) {}

 private:
  std::jthread thread_;
};

// Every other second while the server lives: erasures that two people agreed to are carried out
// once the person's facts are sealed. What fails is said and tried again.
class Erasing {
 public:
  Erasing(rights::Deps deps, std::function<kernel::Instant()> clock)
      : thread_([deps = std::move(deps), clock = std::move(clock)](const std::stop_token& stop) {
          std::mutex mutex;
          std::condition_variable_any woken;
          std::string said;
          while (!stop.stop_requested()) {
            const auto erased = rights::carry_out_erasures(deps, clock());
            const std::string problem =
                erased ? "" : erased.error().message + " at " + erased.error().where;
            if (!problem.empty() && problem != said)
              std::cerr << "evenhand: an erasure is not carried out: " + problem + "\n";
            said = problem;
            std::unique_lock lock(mutex);
            woken.wait_for(lock, stop, std::chrono::seconds(2), [] { return false; });
          }
        }) {}

 private:
  std::jthread thread_;
};

Result<std::vector<http::Role>> read_roles(const std::vector<std::string>& names) {
  std::vector<http::Role> roles;
  for (const std::string& name : names) {
    const auto role = http::parse_role(name);
    if (!role) return Error{Code::invalid_input, "no role has this name", name};
    roles.push_back(*role);
  }
  return roles;
}

// What lies under the pages is sent to anybody who asks; and the server opens each such file, by
// which a process loses the locks that SQLite holds on it.
Status check_pages(const Place& place, const std::filesystem::path& web) {
  std::error_code ignored;
  const auto data = std::filesystem::weakly_canonical(place.data, ignored);
  const auto pages = std::filesystem::weakly_canonical(web, ignored);
  const auto [end, at] = std::mismatch(pages.begin(), pages.end(), data.begin(), data.end());
  if (end != pages.end()) return kernel::Ok{};
  return Error{Code::invalid_input, "the data folder lies under the pages; give --web another one",
               web.string()};
}

Status serve(const ServeCommand& command) {
  TRY_ASSIGN(const auto clock, make_clock(command.place.now));
  TRY_ASSIGN(const auto decisions, find_decisions(command.place));
  TRY_ASSIGN(const auto store, open_store(command.place, clock));
  TRY_ASSIGN(const auto admin, people::create_first_admin(*store, clock()));
  if (admin) std::cout << password_line(*admin) << std::flush;

  const bool tls = !command.tls_cert.empty();
  people::Options signing_in{.secure_cookie = tls || command.behind_proxy};
  TRY_ASSIGN(signing_in.second_step_for, read_roles(command.second_step_for));
  TRY_ASSIGN(signing_in.ways, people::open_ways(command.place.data));
  records::VirusScan scan;
  if (!command.virus_scanner.empty()) {
    TRY_ASSIGN(scan, records::make_virus_scan(command.virus_scanner));
  }
  House house(*store, command.place.data, decisions, signing_in, gate_clock(command.place),
              std::move(scan));
  for (const std::string& problem : house.problems(clock().china_date()))
    std::cerr << "evenhand: " << problem << "\n";
  server::Options options;
  options.listen = command.listen;
  options.tls_cert = command.tls_cert;
  options.tls_key = command.tls_key;
  options.behind_proxy = command.behind_proxy;
  const auto pages = find_web(command.place);
  TRY(check_pages(command.place, pages));
  options.pages = pages.string();
  options.routes = http::with_openapi(house.routes(), api_version);
  options.authenticate = people::authenticator(*store, signing_in.second_step_for);
  options.clock = clock;
  options.limits.large_body_paths = {"/api/v1/drafts", "/api/v1/documents"};
  options.stop_on_signals = true;
  if (command.log_requests) options.log = [](const std::string& line) { std::cerr << line + "\n"; };
  Metrics metrics(*store, command.place.data, seal_options(command.place).place.folder, clock);
  std::unique_ptr<server::Server> watched;
  if (!command.metrics_listen.empty()) {
    options.served = [&metrics](const std::string& label, int status, std::int64_t us) {
      metrics.served(label, status, us);
    };
    TRY_ASSIGN(watched, serve_metrics(metrics, command.metrics_listen, clock));
    std::cout << "metrics on port " << watched->port() << std::endl;
  }
  const Sweep sweep(*store, clock, decisions);
  const Sealing sealing(*store, command.place, clock, {});
  const Erasing erasing(house.rights_deps(), clock);
  house.start(clock);
  const std::string host = command.listen.substr(0, command.listen.rfind(':'));
  return server::serve(std::move(options), [&](std::uint16_t port) {
    std::cout << "serving " << (tls ? "https://" : "http://") << host << ":" << port << std::endl;
  });
}

}  // namespace

int run_user(const UserCommand& command) {
  const auto text = user_command(command);
  return text ? say(*text) : fail(text.error());
}

int run_serve(const ServeCommand& command) {
  const Status served = serve(command);
  return served ? 0 : fail(served.error());
}

int run_openapi() {
  // Handlers are never called: the document comes from what the routes declare.
  const auto text = openapi_text(std::string(api_version));
  return text ? say(*text) : fail(text.error());
}

}  // namespace app
