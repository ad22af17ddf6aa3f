#!/bin/bash
# check.sh COMPILER SOURCE_DIR CASE.cpp: the case compiles as it stands, and with -DWRONG it is refused
# for the reason its first line gives (`// error: REGEXP`). The first half proves that nothing but the
# guarded lines is at fault.
set -euo pipefail
export LC_ALL=C
compiler=$1 source_dir=$2 file=$3
expected=$(sed -n '1s,^// error: ,,p' "$file")
[ -n "$expected" ] || { echo "$file: its first line must be // error: REGEXP"; exit 1; }
compile=("$compiler" -std=c++20 -fsyntax-only -Wall -Wextra -Werror -Wno-unused
         -Wno-missing-field-initializers
         -fdiagnostics-color=never "-I$source_dir/src")
"${compile[@]}" "$file" || { echo "FAILED: the control does not compile"; exit 1; }
if message=$("${compile[@]}" -DWRONG "$file" 2>&1); then
  echo "FAILED: it compiles, and must not"
  exit 1
fi
grep -Eq -- "$expected" <<<"$message" || {
  printf 'FAILED: refused, but not with /%s/:\n%s\n' "$expected" "$(head -30 <<<"$message")"
  exit 1
}
