#!/bin/bash
# Checks this evidence pack offline with bash, coreutils and openssl 3.   ./check.sh [VKEY]
# VKEY: the log's public key as you got it from somewhere else than this pack.
# Says each fault and ends with 1; says OK and ends with 0. check.go does the same, independently.
set -u
export LC_ALL=C
cd "$(dirname "$0")"
faults=0
fault() { echo "FAULT 有误: $*"; faults=$((faults + 1)); }
hex_of_base64() { base64 -d 2>/dev/null | od -An -v -tx1 | tr -d ' \n'; }
sha_of_hex() { printf "$(sed 's/../\\x&/g' <<<"$1")" | sha256sum | cut -c1-64; }

# 1. Files: all of the list, and none beside it.
sha256sum --check --strict --quiet MANIFEST.sha256 || fault "a file is not as MANIFEST.sha256 says"
diff <(find . -type f ! -name MANIFEST.sha256 | sed 's/^\.\///' | sort) \
  <(cut -c67- MANIFEST.sha256 | sort) >/dev/null || fault "files beside MANIFEST.sha256"

# 2. The checkpoint: signed by the log's key (Ed25519 over the text up to the empty line).
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
vkey=$(head -n 1 vkey)
[ $# -eq 0 ] || [ "$vkey" = "$1" ] || fault "the pack's vkey is not the one you gave"
name=${vkey%%+*}
key_id=$(cut -d+ -f2 <<<"$vkey")
key=$(cut -d+ -f3- <<<"$vkey" | hex_of_base64)
[ "${key:0:2}" = 01 ] && [ ${#key} = 66 ] || fault "vkey is no Ed25519 key of notes"
[ "$(sha_of_hex "$(printf '%s\n' "$name" | od -An -v -tx1 | tr -d ' \n')$key" | cut -c1-8)" = "$key_id" ] ||
  fault "vkey's number is not of its key"
printf "$(sed 's/../\\x&/g' <<<"302a300506032b6570032100${key:2}")" >"$work/key.der"
sed '/^$/,$d' checkpoint >"$work/text"
signature=$(sed '1,/^$/d' checkpoint | grep -F -- "— $name " | head -n 1 | sed 's/.* //' | hex_of_base64)
[ "${signature:0:8}" = "$key_id" ] || fault "the checkpoint has no signature of this key"
printf "$(sed 's/../\\x&/g' <<<"${signature:8}")" >"$work/signature"
openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key.der" -rawin -in "$work/text" \
  -sigfile "$work/signature" >/dev/null 2>&1 || fault "the checkpoint's signature does not hold"
[ "$(sed -n 1p checkpoint)" = "$name" ] || fault "the checkpoint is of another log"
size=$(sed -n 2p checkpoint)
root=$(sed -n 3p checkpoint | hex_of_base64)

# 3. Each fact: its commitment is in its entry, its entry is in the tree.
n=0
while IFS= read -r line <&3 && IFS= read -r entry <&4; do
  n=$((n + 1))
  at="fact $n 第 $n 条"
  salt=${line:9:64}
  fact=${line:82:${#line}-83}
  [ "${line:0:9}" = '{"salt":"' ] && [ "${line:73:9}" = '","fact":' ] || fault "$at: not of the form"
  commit=$({ printf 'evenhand-fact-v1\n'; printf "$(sed 's/../\\x&/g' <<<"$salt")"; printf '%s' "$fact"; } |
    openssl dgst -sha256 -binary | base64)
  case $entry in *"\"commit\":\"$commit\""*) ;; *) fault "$at: not what was committed to" ;; esac
  id=${fact#'{"id":"'}
  id=${id%%\"*}
  case $entry in '{"v":1,"id":"'"$id"'",'*) ;; *) fault "$at: the entry is of another fact" ;; esac
  proof=$(printf 'proofs/%06d.tlog-proof' $n)
  diff -q <(sed '1,/^$/d' "$proof") checkpoint >/dev/null || fault "$at: its proof is of another checkpoint"
  index=$(sed -n 's/^index //p' "$proof" | head -n 1)
  first=$index last=$((size - 1)) good=1
  hash=$({ printf '\0'; printf '%s' "$entry"; } | sha256sum | cut -c1-64)
  for sibling in $(sed '/^$/,$d' "$proof" | grep -v -e '^c2sp' -e '^index ' -e '^extra '); do
    sibling=$(hex_of_base64 <<<"$sibling")
    [ "$last" -gt 0 ] || good=0
    if [ $((first & 1)) = 1 ] || [ "$first" = "$last" ]; then
      hash=$(sha_of_hex "01$sibling$hash")
      while [ $((first & 1)) = 0 ] && [ "$first" -gt 0 ]; do first=$((first >> 1)) last=$((last >> 1)); done
    else
      hash=$(sha_of_hex "01$hash$sibling")
    fi
    first=$((first >> 1)) last=$((last >> 1))
  done
  [ "$good" = 1 ] && [ "$last" = 0 ] && [ "$hash" = "$root" ] || fault "$at: its entry is not in the tree"
done 3<facts.jsonl 4<entries.jsonl
[ "$(wc -l <facts.jsonl)" = "$(wc -l <entries.jsonl)" ] || fault "not one entry a fact"
[ "$(find proofs -type f | wc -l)" = "$n" ] || fault "not one proof a fact"

# 4. Documents: the SHA-256 of each is in a fact of the log. Packs: the version is its SHA-256.
for file in documents/*; do
  [ -e "$file" ] || continue
  sum=$(sha256sum "$file" | cut -c1-64)
  grep -F '"kind":"document_added"' facts.jsonl | grep -q -F "\"sha256\":\"$sum\"" ||
    fault "$file: no fact tells of these bytes"
done
for file in packs/*; do
  [ -e "$file" ] || continue
  version=${file##*@}
  [ "$(sha256sum "$file" | cut -c1-12)" = "${version%.dmn}" ] || fault "$file: not of this version"
done

[ $faults = 0 ] || { echo "$faults fault(s) 处有误"; exit 1; }
echo "OK 全部相符: $n facts 条事实, tree of 树 $size, key 公钥 $vkey"
