#pragma once
// What lies in every evidence pack for whoever checks it: the files pack_check.sh, pack_check.go
// and pack_readme.txt of this folder, embedded when the room is built.

namespace evidence {

extern const char* const pack_check_sh;    // bash, coreutils, openssl
extern const char* const pack_check_go;    // Go with Debian's golang-golang-x-mod-dev
extern const char* const pack_readme_txt;  // @about_zh@ and @about_en@ stand for this very pack

}  // namespace evidence
