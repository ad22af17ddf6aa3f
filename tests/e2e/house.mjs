// The real program on a made portfolio: sample, import, two nights, a staff, and a server whose
// clock starts where the test says.
import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./browser.mjs";

export const as_of = "2026-11-19";
export const today = "2026-11-20"; // a working Friday
const bin = process.env.EVENHAND_BIN ?? join(root, "build/release/evenhand");
const web = process.env.EVENHAND_WEB ?? join(root, "web/dist");

// A customer of long ago: everything paid in 2018, so that no duty to keep stands.
export const former = {
  customer_no: "C-FORMER-1", account_no: "6222000000009999", name: "司马旧客", citizen_id: "11010519491231002X", phone: "13800138000",
};

function add_former(sample) {
  const add = (file, line) => appendFileSync(join(sample, `${file}.csv`), `${line}\n`);
  add("customers", `${former.customer_no},${former.name},${former.citizen_id},110105,北京市朝阳区旧街1号,,`);
  add("accounts", `${former.account_no},${former.customer_no},card,2012-03-01,1000000,500,5,closed`);
  add("balances", `${former.account_no},${as_of},0,0,0,0,0,0,0,,`);
  add("contacts", `${former.customer_no},1,self,,mobile,${former.phone},${former.name},1,application,1`);
  add("payments", `P-FORMER-1,${former.account_no},2018-05-02,120000,bank`);
}

export function run(...words) {
  try {
    return execFileSync(bin, words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 28 });
  } catch (error) {
    throw new Error(`evenhand ${words.slice(0, 2).join(" ")} failed: ${error.stderr || error.message}`);
  }
}

function free_port() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

export function make_house(accounts) {
  const folder = process.env.EVENHAND_E2E_DIR ?? mkdtempSync(join(tmpdir(), "evenhand-e2e-house-"));
  const sample = join(folder, "sample");
  const data = join(folder, "data");
  for (const old of [sample, data]) rmSync(old, { recursive: true, force: true });
  rmSync(`${data}.key`, { force: true });
  mkdirSync(data, { recursive: true });
  const place = ["--data", data, "--now", `${today}T06:00:00+08:00`];
  run("sample", "--accounts", String(accounts), "--seed", "7", "--as-of", as_of, "--out", sample);
  const staff = run("user", "demo", ...place);
  add_former(sample);
  // One line that cannot be taken, so that the pages have a rejection to show.
  appendFileSync(join(sample, "payments.csv"), "P-BAD,9000000000000000,2026-13-45,1200,bank\n");
  const files = readdirSync(sample).filter((name) => name.endsWith(".csv"));
  run("import", ...place, "--mapping", join(sample, "mapping.toml"), ...files.map((name) => join(sample, name)));
  run("nightly", ...place, "--date", as_of);
  run("nightly", ...place, "--date", today);
  const remove = () => process.env.EVENHAND_E2E_DIR || rmSync(folder, { recursive: true, force: true });
  return { data, staff, remove };
}

export async function serve(data, clock, date = today) {
  const port = await free_port();
  const child = spawn(
    bin,
    ["serve", "--data", data, "--listen", `127.0.0.1:${port}`, "--web", web, "--now", `${date}T${clock}+08:00`],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  let ended = false;
  child.stdout.on("data", (text) => (said += text));
  child.stderr.on("data", (text) => (said += text));
  const end = new Promise((resolve) => child.on("exit", () => resolve((ended = true))));
  const base = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 150; ++tries) {
    if (ended) break;
    if (/^serving /m.test(said)) {
      return {
        base,
        stop: async () => {
          child.kill("SIGTERM");
          await end;
        },
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill("SIGKILL");
  throw new Error(`the server did not come up: ${said}`);
}
