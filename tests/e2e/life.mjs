// The whole life of a table in the browser, on a book of its own: an analyst edits it, sees a gap with the
// case that shows it, fixes it, has its test cases run, simulates it over every account, sends it to review;
// a second analyst lets it in force from tomorrow; tonight's night is the one it would have been, tomorrow's
// is not, and last week's decision still comes out as it did. EVENHAND_E2E_LIFE_ACCOUNTS sets the size.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { settle } from "./browser.mjs";
import { as_of, run, serve, today } from "./house.mjs";
import { read_staff } from "./staff.mjs";
import { expect } from "./walk.mjs";

const accounts = Number(process.env.EVENHAND_E2E_LIFE_ACCOUNTS ?? 1_000_000);
const tomorrow = "2026-11-21";
const nights_ahead = 5;
const next_week = "2026-11-27";
const night_of = (data, date) => run("nightly", "--data", data, "--date", date, "--now", `${date}T23:30:00+08:00`);

function make_book(folder) {
  const [sample, data] = [join(folder, "sample"), join(folder, "data")];
  mkdirSync(data, { recursive: true });
  const place = ["--data", data, "--now", `${today}T06:00:00+08:00`];
  run("sample", "--accounts", String(accounts), "--seed", "7", "--as-of", as_of, "--out", sample);
  const staff = run("user", "demo", ...place);
  const files = readdirSync(sample).filter((name) => name.endsWith(".csv"));
  run("import", ...place, "--mapping", join(sample, "mapping.toml"), ...files.map((name) => join(sample, name)));
  run("nightly", ...place, "--date", as_of);
  rmSync(sample, { recursive: true, force: true });
  return { data, staff: read_staff(staff) };
}

const cell = (page, row, column) => page.locator(`[data-coords="${row - 1}:${column}"] .content-editable`);
async function write(page, row, column, text) {
  await cell(page, row, column).click();
  await page.keyboard.press("Control+A");
  await page.keyboard.type(text);
  await page.keyboard.press("Tab");
}
const checked = (page) => page.waitForFunction(() => !/正在检查|有改动.*…/.test(document.querySelector(".page-head")?.textContent ?? ""));
const api = (page, path) => page.evaluate(async (at) => (await fetch(`/api/v1${at}`)).json(), path);

async function edit(walk, seen) {
  const { page } = walk;
  await walk.check("an analyst begins a draft from the table in force", async () => {
    await walk.sign_in(walk.staff.analyst);
    await walk.go("/tables/treatment?decision=balance_band");
    await page.getByRole("link", { name: "编辑", exact: true }).click();
    await page.fill("#new_note", "余额 3 万以上按大额处置");
    await page.getByRole("button", { name: "开始编辑" }).click();
    await cell(page, 1, 0).waitFor();
    seen.edit_path = page.url().slice(walk.base.length);
    seen.draft = new URL(page.url()).searchParams.get("draft");
    expect(await page.locator(".decision-table-name").innerText()).toMatch(/balance_band/);
    expect(await page.locator(".bjs-powered-by").isVisible(), "the watermark").toBe(true);
  });
  await walk.check("a row that leaves a gap is marked where it is typed, with a case that shows it", async () => {
    await write(page, 5, 1, "< 9000000");
    await page.locator("tr.ghost").waitFor();
    expect(await page.locator("tr.ghost").innerText(), "the counter-example in the table").toMatch(/9000000/);
    const finding = page.locator('.findings li[data-kind="gap"]');
    expect(await finding.innerText()).toMatch(/空缺[\s\S]*余额\s*90,000 元/);
    expect(await page.getByRole("button", { name: "送审" }).isDisabled(), "not to be sent").toBe(true);
    await page.screenshot({ path: join(walk.pictures, "life-gap-desk.png") });
  });
  await walk.check("a row for the gap is added from there, and undone", async () => {
    await page.locator(".ghost-add").click();
    await cell(page, 6, 1).waitFor();
    expect(await cell(page, 6, 1).innerText()).toBe("9000000");
    await page.getByRole("button", { name: /撤销/ }).click();
    await cell(page, 6, 1).waitFor({ state: "detached" });
  });
  await walk.check("a wrong type is marked in its cell", async () => {
    await write(page, 4, 1, '"much"');
    await page.locator('[data-coords="3:1"].mark-error').waitFor();
    await page.locator(".findings .go").first().click();
  });
  await walk.check("the fix takes the marks away", async () => {
    await write(page, 5, 1, "-");
    await write(page, 4, 1, "< 3000000");
    await page.locator("tr.ghost").waitFor({ state: "detached" });
    await page.locator(".mark-error").waitFor({ state: "detached" });
    await page.getByText("没有发现问题。").waitFor();
  });
}

async function test_cases(walk, folder) {
  const { page } = walk;
  await walk.check("test cases run at every save, with what was expected and what came", async () => {
    const csv = join(folder, "cases.csv");
    writeFileSync(csv, "case,decision,overdue_fen,balance_fen,expect_balance_band\n四万,balance_band,20000,4000000,medium\n一千,balance_band,20000,100000,small\n");
    await page.getByRole("button", { name: "测试用例" }).click();
    await page.locator(".tests input[type=file]").setInputFiles(csv);
    await page.locator(".tests tr.failed").waitFor();
    expect(await page.locator(".tests tr.why").innerText()).toMatch(/应为[\s\S]*medium[\s\S]*实为[\s\S]*large/);
    expect(await page.getByRole("button", { name: "送审" }).isDisabled()).toBe(true);
    await page.locator('.tests [data-at="0:4"]').fill("large");
    await page.keyboard.press("Control+S");
    await page.locator(".el-message", { hasText: "草稿已保存" }).last().waitFor();
    await page.getByText("通过 2 / 2").waitFor();
  });
  await walk.check("somebody else's save is a conflict, not lost", async () => {
    const said = await page.evaluate(async (draft) => {
      const session = await (await fetch("/api/v1/session")).json();
      const now = await (await fetch(`/api/v1/drafts/${draft}`)).json();
      const body = JSON.stringify({ xml: now.xml, tests_csv: now.tests_csv, note: now.version.note, revision: now.version.revision });
      return (await fetch(`/api/v1/drafts/${draft}`, { method: "PUT", body, headers: { "content-type": "application/json", "x-csrf-token": session.csrf_token } })).status;
    }, new URL(page.url()).searchParams.get("draft"));
    expect(said, "the other save").toBe(200);
    await page.locator("#draft_note").fill("余额 3 万以上按大额处置（两位小数）");
    await page.keyboard.press("Control+S");
    await page.getByRole("button", { name: "用我的覆盖" }).click();
    await page.locator(".el-message", { hasText: "草稿已保存" }).last().waitFor();
    await page.locator(".banner").waitFor({ state: "detached" });
  });
  await walk.check("a draft leaves as a .dmn and comes in again", async () => {
    const [file] = await Promise.all([page.waitForEvent("download"), page.locator(".tools").getByRole("button", { name: "导出" }).click()]);
    const path = join(folder, "out.dmn");
    await file.saveAs(path);
    await page.locator('.tools input[type=file]').setInputFiles(path);
    await cell(page, 4, 1).waitFor();
    expect(await cell(page, 4, 1).innerText()).toBe("< 3000000");
    await checked(page);
    await page.keyboard.press("Control+S");
    await page.waitForFunction(() => /已保存/.test(document.querySelector(".page-head")?.textContent ?? ""));
  });
  await walk.check("the draft is tried on a case beside what is in force", async () => {
    await page.getByRole("button", { name: "试一个案件" }).click();
    await page.getByRole("button", { name: "查找案件" }).click();
    await page.locator(".try .cases button").first().click();
    await page.locator(".try .account").first().waitFor();
    expect(await page.locator(".try .account").first().innerText()).toMatch(/现行[\s\S]*草稿/);
  });
}

async function simulate(walk, seen) {
  const { page } = walk;
  await walk.check(`it is simulated over ${accounts.toLocaleString()} accounts, with a bar that is seen to move`, async () => {
    await walk.go(seen.edit_path);
    await page.getByRole("link", { name: "全量试算" }).click();
    // Several nights: one alone is over before a bar has anything to show.
    await page.getByLabel("晚数", { exact: true }).fill(String(nights_ahead));
    await page.keyboard.press("Tab");
    await page.getByRole("button", { name: "开始试算" }).click();
    const shares = new Set();
    const begun = Date.now();
    for (;;) {
      const now = await page.evaluate(() => document.querySelector("progress")?.value);
      if (now) shares.add(Number(now));
      if (shares.size === 3) await page.screenshot({ path: join(walk.pictures, "life-simulating-desk.png") });
      const state = await api(page, "/simulations").then((all) => all.items?.[0]);
      if (state && ["done", "failed", "cancelled"].includes(state.state)) {
        expect(state.state, "the simulation").toBe("done");
        seen.simulation = state;
        break;
      }
      if (Date.now() - begun > 600_000) throw new Error("the simulation did not end in ten minutes");
      await page.waitForTimeout(accounts > 100_000 ? 200 : 20);
    }
    console.log(`     (simulated in ${((Date.now() - begun) / 1000).toFixed(1)} s; the bar stood at ${[...shares].sort((a, b) => a - b).map((one) => Math.round(one)).join(", ")})`);
    const cases = await api(page, `/simulations/${seen.simulation.simulation_id}/cases`);
    expect(cases.items.length, "cases that differ").toBeAbove(0);
    seen.changed = cases.items[0];
    if (accounts >= 100_000) expect(shares.size, "different places of the bar").toBeAbove(2);
  });
}

async function review(walk, seen) {
  const { page } = walk;
  await walk.check("it is sent to review, and its author cannot approve it", async () => {
    await walk.go(seen.edit_path);
    await cell(page, 1, 0).waitFor();
    await page.getByRole("button", { name: "送审" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "送审" }).click();
    await page.waitForURL(/\/review\?/);
    await settle(page);
    seen.review_path = page.url().slice(walk.base.length);
    expect(await walk.text("main")).toMatch(/不能自己批准/);
    expect(await page.getByRole("button", { name: "批准", exact: true }).count()).toBe(0);
    const refused = await page.evaluate(async (draft) => {
      const session = await (await fetch("/api/v1/session")).json();
      const body = JSON.stringify({ verdict: "release", note: "自己批", effective_from: "2026-11-21" });
      return (await fetch(`/api/v1/drafts/${draft}/review`, { method: "POST", body, headers: { "content-type": "application/json", "x-csrf-token": session.csrf_token } })).status;
    }, seen.draft);
    expect(refused >= 400, `the server says no as well (${refused})`).toBe(true);
  });
  await walk.check("a second analyst sees the row that differs, in words and in colour", async () => {
    await walk.sign_in(walk.staff.analyst2);
    await walk.go("/tables?show=drafts");
    await page.locator("tbody a").first().click();
    await page.locator(".diff .words li").first().waitFor();
    expect(await page.locator(".diff del").first().innerText()).toMatch(/50,000 元/);
    expect(await page.locator(".diff ins").first().innerText()).toMatch(/30,000 元/);
  });
  await walk.look("life-review", seen.review_path);
  await walk.check("today cannot be chosen; the second analyst approves from tomorrow", async () => {
    await walk.go(seen.review_path);
    expect(await page.inputValue("#effective_from")).toBe(tomorrow);
    await page.locator("#effective_from").click();
    const day = page.locator(".el-date-table:visible td:not(.prev-month):not(.next-month)", { hasText: new RegExp(`^\\s*${Number(today.slice(8))}\\s*$`) });
    expect(await day.getAttribute("class"), "today").toMatch(/disabled/);
    await page.keyboard.press("Escape");
    await page.fill("#review_note", "口径合理，同意");
    await page.getByRole("button", { name: "批准", exact: true }).click();
    await page.getByText(`已批准，${tomorrow} 起生效。`).waitFor();
    seen.version = (await api(page, `/drafts/${seen.draft}`)).version.version;
  });
  await walk.check("today's table is still the old one, tomorrow's is the new one", async () => {
    const of = async (date) => (await api(page, `/tables?date=${date}`)).items.find((one) => one.file === "treatment.dmn").version;
    seen.old_version = await of(today);
    expect(seen.old_version !== seen.version).toBe(true);
    expect(await of(tomorrow)).toBe(seen.version);
  });
}

async function nights(walk, seen, house, control) {
  const { page } = walk;
  const of = (data, date) => {
    const said = night_of(data, date);
    return said;
  };
  for (const date of [today, tomorrow]) for (const data of [house.data, control]) of(data, date);
  const server = await serve(house.data, "09:00:00", next_week);
  const other = await serve(control, "09:00:00", next_week);
  try {
    walk.base = server.base;
    let here;
    let there;
    await walk.check("tonight's run is what it would have been without any of this; tomorrow's is not", async () => {
      await walk.sign_in(walk.staff.analyst);
      here = await api(page, "/nights");
      walk.base = other.base;
      await walk.sign_in(walk.staff.analyst);
      there = await api(page, "/nights");
      walk.base = server.base;
      const find = (list, date) => list.items.find((one) => one.date === date);
      expect(find(here, today).edition, "tonight's edition").toBe(find(there, today).edition);
      expect(find(here, tomorrow).edition !== find(there, tomorrow).edition, "tomorrow's edition differs").toBe(true);
      const used = (night) => night.tables.find((one) => one.file === "treatment.dmn").version;
      expect(used(find(here, today))).toBe(seen.old_version);
      expect(used(find(here, tomorrow))).toBe(seen.version);
    });
    await walk.check("last week's decision replays as it was, from the case page", async () => {
      await walk.sign_in(walk.staff.analyst);
      await walk.go(`/cases/${seen.changed.case_id}`);
      await page.getByRole("button", { name: "重放这天的判断" }).click();
      await page.getByRole("combobox", { name: "日期" }).fill(today);
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "重放", exact: true }).click();
      await page.locator(".replay .chip.good").waitFor();
      expect(await walk.text(".replay")).toMatch(new RegExp(seen.old_version));
      await page.screenshot({ path: join(walk.pictures, "life-replay-desk.png"), fullPage: true });
      await page.getByRole("combobox", { name: "日期" }).fill(tomorrow);
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "重放", exact: true }).click();
      await page.waitForFunction((version) => document.querySelector(".replay")?.textContent.includes(version), seen.version);
      expect(await walk.text(".replay")).toMatch(/与当时所存一致/);
    });
    await walk.look("life-versions", "/tables/treatment/versions");
    await walk.look("life-diff", `/tables/treatment/diff?from=${seen.old_version}&to=${seen.version}`);
  } finally {
    await server.stop();
    await other.stop();
  }
}

// Every word that dmn-js shows in a Chinese page is Chinese, but for names of variables and FEEL.
async function all_chinese(walk, seen) {
  const { page } = walk;
  await walk.check("the editor shows no English in a Chinese page", async () => {
    await walk.go(seen.edit_path);
    await cell(page, 1, 0).waitFor();
    await cell(page, 2, 0).click({ button: "right" });
    await page.waitForTimeout(200);
    const words = () => page.evaluate(() => {
      const spots = [...document.querySelectorAll(".dmn-editor *")].filter((one) => !one.closest(".bjs-powered-by,[contenteditable],.decision-table-name,.dmn-definitions,text,tspan"));
      const own = (one) => [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent);
      return spots.flatMap((one) => [...own(one), one.getAttribute("title"), one.getAttribute("aria-label"), one.getAttribute("placeholder")]).filter((text) => text && /[A-Za-z]{3,}/.test(text));
    });
    const table = await words();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "决策关系图" }).click();
    await page.locator(".djs-palette").waitFor();
    const allowed = /^["\w, .…\-]*$|FEEL|_fen|_days|balance_band|treatment/;
    const left = [...new Set([...table, ...(await words())])].filter((text) => !(allowed.test(text) && !/^[A-Z][a-z]/.test(text)));
    expect(left.join(" | "), "English left").toBe("");
  });
}

export async function walk_life(walk) {
  const folder = mkdtempSync(join(tmpdir(), "evenhand-e2e-life-"));
  const begun = Date.now();
  const note = (what) => console.log(`     (${what}, ${((Date.now() - begun) / 1000).toFixed(0)} s)`);
  let server;
  try {
    const house = make_book(folder);
    const control = join(folder, "control");
    cpSync(house.data, control, { recursive: true });
    cpSync(`${house.data}.key`, `${control}.key`);
    note(`a book of ${accounts.toLocaleString()} accounts and its twin`);
    server = await serve(house.data, "10:00:00");
    walk.base = server.base;
    walk.staff = house.staff;
    const seen = {};
    await edit(walk, seen);
    await test_cases(walk, folder);
    await all_chinese(walk, seen);
    await walk.look("life-editor", seen.edit_path);
    note("edited");
    await simulate(walk, seen);
    note("simulated");
    await review(walk, seen);
    await server.stop();
    server = undefined;
    await nights(walk, seen, house, control);
    note("done");
  } finally {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
