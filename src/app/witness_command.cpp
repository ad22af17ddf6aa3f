// witness: a witness for others' logs (C2SP tlog-witness), on a machine of another organisation.

#include <filesystem>
#include <iostream>

#include "app/answer.h"
#include "app/cli.h"
#include "server/server.h"
#include "tlog/witness.h"

namespace app {

namespace {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

struct WitnessCommand {
  std::string listen = "127.0.0.1:8090", state, key, name;
  std::vector<std::string> logs;
  std::string tls_cert, tls_key;
  bool behind_proxy = false, new_state = false;
};

http::Response answered(tlog::WitnessService::Reply reply) {
  http::Response response;
  response.status = reply.status;
  response.content_type = std::move(reply.content_type);
  response.body = std::move(reply.body);
  return response;
}

std::vector<http::Route> routes_of(tlog::WitnessService& service) {
  http::Route add;
  add.method = "POST";
  add.path = "/add-checkpoint";
  add.summary = "cosign a checkpoint";
  add.room = "tlog";
  add.access = http::anyone();
  add.handler = [&service](const http::Request& request) -> Result<http::Response> {
    return answered(service.add_checkpoint(
        request.body, static_cast<std::uint64_t>(request.now.micros() / 1'000'000)));
  };
  http::Route latest;
  latest.method = "GET";
  latest.path = "/{origin_hash}/checkpoint";
  latest.summary = "the latest cosigned checkpoint";
  latest.room = "tlog";
  latest.access = http::anyone();
  latest.handler = [&service](const http::Request& request) -> Result<http::Response> {
    return answered(service.checkpoint(request.path_values.at("origin_hash")));
  };
  return {std::move(add), std::move(latest)};
}

Result<std::vector<tlog::Verifier>> logs_of(const WitnessCommand& command) {
  std::vector<tlog::Verifier> logs;
  for (const std::string& given : command.logs) {
    std::string text = given;
    if (std::filesystem::exists(given)) {
      TRY_ASSIGN(text, read_file(given));
    }
    TRY_ASSIGN(tlog::Verifier log, tlog::Verifier::parse(text));
    if (log.type() != tlog::KeyType::note)
      return Error{Code::invalid_input, "a log's key is of type 0x01", given};
    logs.push_back(std::move(log));
  }
  return logs;
}

Status serve_witness(const WitnessCommand& command) {
  const std::string key_file = command.key.empty() ? command.state + ".key" : command.key;
  const bool first_time = !std::filesystem::exists(key_file);
  TRY_ASSIGN(const auto logs, logs_of(command));
  TRY_ASSIGN(tlog::Signer signer, tlog::Signer::open(key_file, command.name, !command.name.empty(),
                                                     tlog::KeyType::cosignature));
  const std::string vkey = signer.vkey();
  // A key that has signed before and no state: a copy was lost, and with it what was signed.
  const bool create = first_time || command.new_state;
  if (!create && !std::filesystem::exists(command.state))
    return Error{
        Code::not_found,
        "the witness's state is not there; with it went what was signed. Bring it back, or "
        "begin without it by --new-state and tell those who rely on this witness",
        command.state};
  TRY_ASSIGN(const auto service,
             tlog::WitnessService::open(command.state, create, std::move(signer), logs));
  TRY_ASSIGN(const auto clock, make_clock(""));
  server::Options options;
  options.listen = command.listen.find(':') == std::string::npos ? "127.0.0.1:" + command.listen
                                                                 : command.listen;
  options.tls_cert = command.tls_cert;
  options.tls_key = command.tls_key;
  options.behind_proxy = command.behind_proxy;
  options.routes = routes_of(*service);
  options.routes_below = "/";
  options.any_body = true;
  options.clock = clock;
  options.stop_on_signals = true;
  options.limits.body_bytes = 64 * 1024;
  options.limits.sign_ins_per_min = 0;  // logs are no sign-ins; requests_per_s still holds
  return server::serve(std::move(options), [&](std::uint16_t port) {
    std::cout << "witness " << vkey << "\nlistening on port " << port << " for " << logs.size()
              << " logs" << std::endl;
  });
}

}  // namespace

void add_witness_command(CLI::App& program, int& exit_code) {
  auto command = std::make_shared<WitnessCommand>();
  auto* witness = program.add_subcommand(
      "witness", "watch others' logs: cosign only what continues what was seen; docs/evidence.md");
  witness->add_option("--listen", command->listen, "PORT on this machine, or HOST:PORT");
  witness->add_option("--state", command->state, "file of what was cosigned last")->required();
  witness->add_option("--key", command->key, "the witness's key file (default: STATE.key)");
  witness->add_option("--name", command->name, "its name; makes the key the first time");
  witness->add_option("--log", command->logs, "public key of a log, or a file of it")->required();
  witness->add_option("--tls-cert", command->tls_cert, "certificate chain, PEM");
  witness->add_option("--tls-key", command->tls_key, "private key, PEM");
  witness->add_flag("--behind-proxy", command->behind_proxy,
                    "allow a public address without TLS: a proxy in front does it");
  witness->add_flag("--new-state", command->new_state,
                    "begin without memory of what was signed: others must be told");
  witness->callback([command, &exit_code] {
    const auto served = serve_witness(*command);
    exit_code = served ? 0 : fail(served.error());
  });
}

}  // namespace app
