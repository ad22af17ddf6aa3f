#pragma once
// What the files that declare the command line share. Includes CLI11: only they may include this.

#include <CLI/CLI.hpp>

#include "app/workplace.h"

namespace app {

inline void add_place(CLI::App& command, Place& place) {
  command.add_option("--data", place.data, "data folder: book, batches and the embedded store")
      ->required()
      ->type_name("DIR");
  command.add_option("--store", place.store,
                     "postgres://user@host:port/database in place of DIR/casebook.sqlite");
  command.add_option("--key", place.key,
                     "root key: a file (default: DIR.key), env:NAME, credential:NAME or pkcs11:…");
  command.add_option("--decisions", place.decisions,
                     "decision tables (default: DIR/decisions, else the shipped ones)");
  command.add_option("--now", place.now, "start the clock at this time: rehearsals and tests");
}

void add_calendar_command(CLI::App& program, int& exit_code);
void add_keys_command(CLI::App& program, int& exit_code);
void add_evidence_commands(CLI::App& program, int& exit_code);
void add_audit_command(CLI::App& program, int& exit_code);
void add_records_commands(CLI::App& program, int& exit_code);
void add_wording_commands(CLI::App& program, int& exit_code);
void add_verify_command(CLI::App& program, int& exit_code);
void add_witness_command(CLI::App& program, int& exit_code);
void add_vault_command(CLI::App& program, int& exit_code);

}  // namespace app
