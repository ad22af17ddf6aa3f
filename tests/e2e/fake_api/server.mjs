#!/usr/bin/env node
// FAKE: serves web/dist with invented data, for looking at pages without the server.
//   node tests/e2e/fake_api/server.mjs [PORT]
// Any password signs in; the user name's first letter is the role (c collector, l lead, a analyst, d admin).
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as data from "./data.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = process.env.EVENHAND_WEB ?? join(here, "../../../web/dist");
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
// The policy of the real server (src/server/dispatch.cpp).
const csp = "default-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const roles = { c: "collector", l: "lead", a: "analyst", d: "admin" };
let signed_in;
const drafts = new Map();
const kept_text = (name) => readFileSync(join(here, "../../../decisions", `${name}.dmn`), "utf8");
const judged = (xml) => ({ problem: "", tests: [], findings: xml.includes("FAKE") ? [{ kind: "gap", severity: "error", decision: "balance_band", row: 0, other_row: 0, column: "", message_zh: "没有一行接住这个案件。", message_en: "No row takes this case.", example: [{ name: "overdue_fen", value: "500" }, { name: "balance_fen", value: "9000000" }] }] : [] });
// drafts/big-1000x10 is a made table, drafts/treatment a shipped one.
function draft_of(id) {
  if (!drafts.has(id)) {
    const size = /^big-(\d+)x(\d+)$/.exec(id);
    const xml = size ? data.big_table(Number(size[1]), Number(size[2])) : kept_text(id.replaceAll("~", "/"));
    drafts.set(id, { version: { version_id: id, file: size ? "big.dmn" : `${id}.dmn`, title: "", version: "0123456789ab", state: "draft", in_force: false, note: "试试", based_on: "", author: "a01", editors: ["a01"], revision: 1, created_at: data.now, saved_at: data.now, submitted_by: null, submitted_at: null, reviewed_by: null, reviewed_at: null, review_note: null, effective_from: null, effective_to: null, errors: 0, warnings: 0, tests_passed: 0, tests_failed: 0, simulated: false }, xml, tests_csv: "", in_force_version: "", needs_simulation: true, notices: [], ...judged(xml) });
  }
  return drafts.get(id);
}

const session = () => ({
  user: { user_id: "1", user_name: signed_in, shown_name: { c: "林晓", l: "周敏", a: "何川", d: "管理员" }[signed_in[0]], role: roles[signed_in[0]] ?? "collector", team: "early" },
  csrf_token: "fake", must_change_password: false,
});
const page = (items, query) => {
  const size = Number(query.get("size") ?? 50);
  const from = (Number(query.get("page") ?? 1) - 1) * size;
  return { total: items.length, items: items.slice(from, from + size) };
};
const people = ["林晓", "周敏", "何川", "孟秋", "丁一", "许诺"];
const team_day = {
  today: data.today, unallotted_cases: 42,
  collectors: people.map((shown_name, at) => ({ user_name: `c0${at + 1}`, shown_name, team: ["early", "middle", "late"][at % 3], capacity: 150, cases: 96 + at * 14, overdue_fen: 120_340_000 + at * 9_912_345, worked_today: 12 + at, contacts_today: 20 + at * 2, promises_today: at })),
};

function answer(method, path, query, body) {
  const [, first, id, then] = path.split("/").map(decodeURIComponent);
  if (first === "session" && method === "POST" && !id) { signed_in = body.user_name; return session(); }
  if (!signed_in) return [401, { error: { code: "unauthorized", message: "sign in first" } }];
  if (first === "session" && method === "DELETE") { signed_in = undefined; return {}; }
  if (first === "session") return session();
  if (first === "my-day") return { today: data.today, night_date: "2026-11-21", now: data.now, window: { open: "08:00", close: "21:00", open_now: true, next_open_at: "2026-11-23T08:00:00+08:00" }, counts: { cases: 137, worked_today: 34, contacts_today: 51, promises_due_today: 6 }, ...page(data.cases, query) };
  if (first === "cases" && !id) return page(data.cases.filter((one) => (!query.get("bucket") || query.get("bucket").split(",").includes(one.bucket)) && (!query.get("q") || one.case_id === query.get("q"))), query);
  if (first === "cases") {
    const file = data.case_file(id);
    if (!file) return [404, { error: { code: "not_found", message: "no such case" } }];
    const point = file.contact_points.find((one) => one.contact_point_id === body?.contact_point_id);
    if (then === "decisions") return { items: data.decisions_of(file) };
    if (then === "gate") return data.gate(point, body);
    if (then === "permits") {
      const said = data.gate(point, body);
      return { granted: said.allowed, permit_id: said.allowed ? "77" : "", expires_at: "2026-11-22T10:27:30+08:00", dial: said.allowed ? "13800002207" : "", answer: said };
    }
    return then ? {} : file;
  }
  if (first === "team-day") return team_day;
  if (first === "allotments") return { moved: body.case_ids.length };
  if (first === "dashboard") return data.dashboard;
  const shape = JSON.parse(readFileSync(join(here, "shapes.json"), "utf8"));
  if (first === "drafts" && id && then === "check") return judged(body.xml);
  if (first === "drafts" && id && method === "PUT") {
    const old = draft_of(id);
    drafts.set(id, { ...old, ...judged(body.xml), xml: body.xml, tests_csv: body.tests_csv, version: { ...old.version, note: body.note, revision: old.version.revision + 1, saved_at: data.now } });
  }
  if (first === "drafts" && id) return draft_of(id);
  if (first === "tables" && id) return shape.table;
  return shape[first] ?? [404, { error: { code: "not_found", message: path } }];
}

createServer(async (request, response) => {
  const url = new URL(request.url, "http://fake");
  if (url.pathname.startsWith("/api/v1")) {
    let text = "";
    for await (const part of request) text += part;
    const said = answer(request.method, url.pathname.slice(7), url.searchParams, text ? JSON.parse(text) : undefined);
    const [status, body] = Array.isArray(said) ? said : [200, said];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    return;
  }
  let file = join(dist, url.pathname);
  if (url.pathname === "/" || !existsSync(file)) file = join(dist, "index.html");
  response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream", "content-security-policy": csp });
  createReadStream(file).pipe(response);
}).listen(Number(process.argv[2] ?? 8099), "127.0.0.1");
