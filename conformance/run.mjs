#!/usr/bin/env node
// Runs the cases of this folder against any system, without a line of Evenhand's code.
//
//   node run.mjs --url http://127.0.0.1:9000/judge [--header 'authorization: Bearer …'] [--pack cn-bank-card]
//   node run.mjs --command 'evenhand conformance --answer'
//
// Asked, one case at a time: {"pack","options","facts"}. To be answered: {"allowed","codes"}; the
// codes are the suite's own, so a system with other codes answers "allowed" alone, and --allowed-only
// compares that. Exit 0: all as they must be; 1: some are not; 2: the system could not be asked.

import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = dirname(fileURLToPath(import.meta.url));
const { values: given } = parseArgs({
  options: {
    url: { type: "string" },
    command: { type: "string" },
    header: { type: "string", multiple: true, default: [] },
    pack: { type: "string", multiple: true, default: [] },
    folder: { type: "string", default: here },
    "allowed-only": { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});

function fail(message) {
  console.error(message);
  process.exit(2);
}

function askByHttp(url, headers) {
  const all = { "content-type": "application/json" };
  for (const header of headers) {
    const colon = header.indexOf(":");
    all[header.slice(0, colon).trim()] = header.slice(colon + 1).trim();
  }
  return async (question) => {
    const response = await fetch(url, {
      method: "POST",
      headers: all,
      body: JSON.stringify(question),
    });
    if (!response.ok) fail(`${url} answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
}

// A program that reads a question a line and writes an answer a line, in the same order.
function askByCommand(command) {
  const child = spawn("/bin/sh", ["-c", command], { stdio: ["pipe", "pipe", "inherit"] });
  const waiting = [];
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()?.(JSON.parse(line)));
  child.on("exit", (code) => {
    if (waiting.length > 0) fail(`the command ended (${code}) with ${waiting.length} unanswered`);
  });
  const ask = (question) =>
    new Promise((done) => {
      waiting.push(done);
      child.stdin.write(JSON.stringify(question) + "\n");
    });
  ask.end = () => child.stdin.end();
  return ask;
}

if (!given.url === !given.command) fail("give --url or --command");
const ask = given.url ? askByHttp(given.url, given.header) : askByCommand(given.command);

const score = {};
for (const file of readdirSync(join(given.folder, "cases")).sort()) {
  if (!file.endsWith(".jsonl")) continue;
  for (const line of readFileSync(join(given.folder, "cases", file), "utf8").split("\n")) {
    if (line === "") continue;
    const one = JSON.parse(line);
    if (given.pack.length > 0 && !given.pack.includes(one.pack)) continue;
    const must = [...new Set(one.refusals.map((refusal) => refusal.code))].sort();
    const answer = await ask({ pack: one.pack, options: one.options, facts: one.facts });
    const is = [...new Set(answer.codes ?? [])].sort();
    const good =
      answer.allowed === one.allowed &&
      (given["allowed-only"] || JSON.stringify(is) === JSON.stringify(must));
    const count = (score[one.pack] ??= { passed: 0, failed: 0 });
    count[good ? "passed" : "failed"] += 1;
    if (good && !given.verbose) continue;
    console.log(
      `${good ? "passed" : "FAILED"} ${one.id} ${one.name}: is ${is.join(" ") || answer.allowed}; ` +
        `must be ${must.join(" ") || "allowed"}`,
    );
    if (!good) for (const r of one.refusals) console.log(`    ${r.code}: ${r.citation} (${r.rank}, ${r.certainty})`);
  }
}
ask.end?.();
let failed = 0;
for (const [pack, count] of Object.entries(score)) {
  console.log(`${pack}: ${count.passed} passed, ${count.failed} failed`);
  failed += count.failed;
}
if (Object.keys(score).length === 0) fail("no case was found");
process.exit(failed > 0 ? 1 : 0);
