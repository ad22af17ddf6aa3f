#pragma once
// A PostgreSQL server of the race's own, to be killed: on a socket in its folder, no port. As root
// it runs as the user postgres, which is the only one it takes.

#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/race/world.h"

namespace race {

class Cluster {
 public:
  static bool installed() { return std::filesystem::exists(bin() + "/initdb"); }

  explicit Cluster(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    run("chown postgres: " + folder_.string() + " 2>/dev/null; true", false);
    CHECK_MSG(run(bin() + "/initdb -D " + data() +
                  " -U evenhand -A trust -E UTF8 "
                  "--locale=C.UTF-8 --no-instructions"),
              "initdb failed");
    start();
    CHECK_MSG(run(bin() + "/createdb -h " + folder_.string() + " -U evenhand race"),
              "createdb failed");
  }
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  ~Cluster() { run(bin() + "/pg_ctl -D " + data() + " -m immediate -w stop"); }

  std::string url() const {
    return "postgres:///race?host=" + folder_.string() + "&user=evenhand&connect_timeout=10";
  }

  // The server's own answer to a backend that died so: all sessions end, and it recovers.
  bool kill_a_backend(Random& random) {
    const std::vector<pid_t> all = children(postmaster());
    if (all.empty()) return false;
    return ::kill(
               all[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(all.size())))],
               SIGKILL) == 0;
  }
  // All of it at once, as when the power goes; then it is started again. Until none is left: one
  // that was being born outlives the others, may wait for ever for a lock one of them held, its
  // client with it, and nothing can start.
  void kill_and_start() {
    const pid_t head = postmaster();
    if (head > 0) ::kill(head, SIGSTOP);
    while (kill_all()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    start();
  }

 private:
  static std::string bin() { return "/usr/lib/postgresql/15/bin"; }
  std::string data() const { return (folder_ / "data").string(); }

  bool run(const std::string& command, bool as_server = true) const {
    const std::string as = as_server && ::geteuid() == 0 ? "runuser -u postgres -- " : "";
    const std::string whole = "cd / && " + as + "sh -c '" + command + "' >>" +
                              (folder_ / "commands.log").string() + " 2>&1 </dev/null";
    return std::system(whole.c_str()) == 0;
  }

  void start() {
    const std::string command =
        bin() + "/pg_ctl -D " + data() + " -w -t 60 -l " + data() + "/server.log -o \"-c " +
        "listen_addresses= -c unix_socket_directories=" + folder_.string() +
        " -c max_connections=200 -c jit=off -c log_min_messages=fatal\" start";
    for (int attempt = 0; attempt < 40; ++attempt) {  // the dead one's memory may still be held
      if (run(command)) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(250));
    }
    CHECK_MSG(false, "PostgreSQL does not start again");
  }

  pid_t postmaster() const {
    std::ifstream in(data() + "/postmaster.pid");
    pid_t pid = -1;
    in >> pid;
    return in ? pid : -1;
  }

  // Whether there was any: a server's processes are those that live in its folder.
  bool kill_all() const {
    std::error_code error;
    const std::filesystem::path home = std::filesystem::canonical(data(), error);
    bool any = false;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
      const std::string name = entry.path().filename();
      if (name.find_first_not_of("0123456789") != name.npos) continue;
      std::error_code gone;
      if (std::filesystem::read_symlink(entry.path() / "cwd", gone) != home || gone) continue;
      any |= ::kill(std::stoi(name), SIGKILL) == 0;
    }
    return any;
  }

  static std::vector<pid_t> children(pid_t parent) {
    std::vector<pid_t> all;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
      const std::string name = entry.path().filename();
      if (name.find_first_not_of("0123456789") != name.npos) continue;
      std::ifstream in(entry.path() / "stat");
      std::string line;
      std::getline(in, line);
      const auto after = line.rfind(')');  // pid (comm) state ppid
      if (after == line.npos) continue;
      std::istringstream rest(line.substr(after + 1));
      char state = 0;
      pid_t found = 0;
      if (rest >> state >> found && found == parent && parent > 0) all.push_back(std::stoi(name));
    }
    return all;
  }

  std::filesystem::path folder_;
};

}  // namespace race
