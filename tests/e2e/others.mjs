// A lead, an analyst and an admin at work, and the hours when nobody may be called.
import { expect } from "./walk.mjs";
import { settle } from "./browser.mjs";

export async function walk_lead(walk, seen) {
  const { page } = walk;
  await walk.check("a lead sees the load of each collector", async () => {
    await walk.sign_in(walk.staff.lead);
    expect(new URL(page.url()).pathname).toBe("/team");
    expect(await page.locator("tbody tr").count(), "collectors").toBeAbove(2);
  });
  await walk.check("cases move to somebody else with a reason", async () => {
    // The collector of most cases gives two of them away.
    const rows = page.locator("section.sheet").first().locator("tbody tr");
    const loads = await rows.evaluateAll((list) => list.map((one) => Number(one.querySelector(".load .num").textContent.split("/")[0].replace(/\D/g, ""))));
    const most = loads.indexOf(Math.max(...loads));
    await rows.nth(most).locator(".pick").click();
    await page.locator(".cases-of tbody tr").first().waitFor();
    const boxes = page.locator(".cases-of tbody input[type=checkbox]");
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    seen.moved_path = await page.locator(".cases-of tbody a").first().getAttribute("href");
    await page.locator(".move .el-select").click();
    await page.locator(".el-select-dropdown__item:visible").last().click();
    await page.getByLabel("原因（留痕）").fill("组员请假");
    await page.getByRole("button", { name: "转派", exact: true }).click();
    await page.getByText("已转派 2 个案件。").waitFor();
    await rows.nth(most).locator(".load .num", { hasText: new RegExp(`^${loads[most] - 2} /`) }).waitFor();
  });
  await walk.check("a lead lifts the hold, with a reason", async () => {
    await walk.sign_in(walk.staff.manager);
    await walk.go(seen.case_path);
    await page.locator(".lift").first().click();
    await page.fill("#hold_reason", "交易已核实为本人");
    await page.getByRole("dialog").getByRole("button", { name: "解除" }).click();
    await page.getByText("暂停已解除。").waitFor();
  });
  await walk.check("dashboard figures lead to the cases behind them", async () => {
    await walk.go("/dashboard");
    await page.locator("canvas").first().waitFor();
    await page.locator("section", { hasText: "账龄分布" }).locator("tbody tr").nth(2).locator("td.num a").first().click();
    await page.waitForURL(/\/cases\?bucket=M2/);
    await settle(page);
    expect(await page.locator("tbody tr").count(), "cases in M2").toBeAbove(0);
    // A case stands under its worst account; one of its accounts is in M2.
    expect((await page.locator("tbody .bucket").allInnerTexts()).join()).toMatch(/M2/);
  });
  await walk.check("the heat map has yesterday against today", async () => {
    await walk.go("/dashboard");
    expect(await page.locator(".heat td a").count(), "cells").toBeAbove(5);
    await page.getByRole("button", { name: "看数字" }).first().click();
    expect(await page.locator(".chart .table tbody tr").count(), "the chart as a table").toBeAbove(0);
  });
  await walk.look("team", "/team");
  await walk.look("dashboard", "/dashboard");
  await walk.look("cases", "/cases?bucket=M3");
}

export async function walk_analyst(walk, seen) {
  const { page } = walk;
  await walk.check("an analyst follows a fired row of the treatment to its table and version", async () => {
    await walk.sign_in(walk.staff.analyst);
    await walk.go(seen.case_path);
    const line = page.locator(".chain li", { has: page.locator('a[href*="/tables/treatment?decision=treatment"]') });
    const href = await line.locator("a").getAttribute("href");
    const wanted = new URL(href, walk.base).searchParams;
    await line.locator("a").click();
    await page.locator("tr.fired").waitFor();
    expect(await page.locator("tr.fired th").first().innerText()).toMatch(new RegExp(`^${wanted.get("row")}\\b`));
    expect(await walk.text(".page-head"), "the version of that night").toMatch(new RegExp(wanted.get("version").slice(0, 12)));
    seen.table_path = href;
  });
  await walk.check("an analyst may look at a case and not act on it", async () => {
    await walk.go(seen.case_path);
    expect(await page.getByRole("button", { name: /申请联系许可/ }).count()).toBe(0);
  });
  await walk.check("imports show control totals and nights their stages", async () => {
    await walk.go("/imports");
    expect(await walk.text("main")).toMatch(/账户[\s\S]*授信额度[\s\S]*\d,\d{3}/);
    const rejects = await page.getByRole("link", { name: "下载拒收行" }).getAttribute("href");
    const csv = await page.evaluate(async (path) => (await fetch(path)).text(), rejects);
    expect(csv, "the rejected line").toMatch(/2026-13-45/);
    await walk.go("/nights");
    expect(await walk.text("main")).toMatch(/行\/秒/);
    expect(await page.locator("tbody tr").count(), "stages").toBeAbove(4);
    const report = await page.locator("a[download]").first().getAttribute("href");
    const status = await page.evaluate(async (path) => (await fetch(path)).status, report);
    expect(status, "the report downloads").toBe(200);
  });
  await walk.check("a pack reads as a table in Chinese, and as written", async () => {
    await walk.go("/tables/packs~cn-bank-card");
    const text = await walk.text("main");
    expect(text).toMatch(/全部收集/);
    await page.getByLabel("显示 FEEL 原文").check();
    expect(await walk.text("main")).toMatch(/options\./);
  });
  await walk.look("imports", "/imports");
  await walk.look("nights", "/nights");
  await walk.look("tables", "/tables");
  await walk.look("table", seen.table_path ?? "/tables/treatment");
  await walk.look("pack", "/tables/packs~cn-bank-card");
}

export async function walk_admin(walk) {
  const { page } = walk;
  const name = "e2e_new";
  let first = "";
  await walk.check("an admin adds a user, whose first password is shown once", async () => {
    await walk.sign_in(walk.staff.admin);
    await walk.go("/users");
    await page.getByRole("button", { name: "新增用户" }).click();
    await page.fill("#new_user_name", name);
    await page.fill("#new_shown_name", "测试员");
    await page.getByRole("button", { name: "建立" }).click();
    await page.locator(".first").waitFor();
    first = (await walk.text(".first")).trim();
    expect(first.length, "length of the password").toBeAbove(11);
    await page.getByRole("button", { name: "关闭" }).last().click();
  });
  await walk.look("users", "/users");
  await walk.check("a first password must be changed before anything else", async () => {
    await walk.sign_in(name, first);
    expect(new URL(page.url()).pathname).toBe("/password");
    await walk.go("/my-day");
    expect(new URL(page.url()).pathname).toBe("/password");
    await page.screenshot({ path: `${walk.pictures}/password-desk.png` });
    await page.fill("#old_password", first);
    await page.fill("#new_password", "a long enough sentence 9");
    await page.fill("#again", "a long enough sentence 9");
    await page.getByRole("button", { name: "保存新密码" }).click();
    await page.waitForURL(/my-day/);
  });
  await walk.check("a wrong password is refused in plain words", async () => {
    await page.context().clearCookies();
    await walk.go("/sign-in");
    await page.fill("#user_name", name);
    await page.fill("#password", "wrong wrong wrong");
    await page.keyboard.press("Enter");
    await page.locator(".problem").waitFor();
    expect(await walk.text(".problem")).toMatch(/不对/);
  });
}

// Somebody else's case is not there for a collector, on the page or under it.
export async function walk_stranger(walk, seen) {
  const { page } = walk;
  await walk.check("a collector does not reach somebody else's case", async () => {
    await walk.sign_in(walk.staff.stranger);
    await walk.go(seen.case_path);
    expect(await walk.text("main")).toMatch(/没有找到/);
    const status = await page.evaluate(async (path) => (await fetch(`/api/v1${path}`)).status, seen.case_path);
    expect(status).toBe(404);
  });
}

export async function walk_night(walk, seen) {
  const { page } = walk;
  await walk.check("outside the hours the day says so and the gate refuses until morning", async () => {
    await walk.sign_in(walk.staff.collector);
    expect(await walk.text(".day-beam")).toMatch(/现在不可联系[\s\S]*08:00 开始，还有 0?9:\d\d:\d\d/);
    await page.screenshot({ path: `${seen.pictures}/my-day-closed-desk.png` });
    await walk.go(await page.locator("tbody a").first().getAttribute("href"));
    await page.locator(".refusals").waitFor();
    expect(await walk.text(".refusals")).toMatch(/08:00/);
    await page.screenshot({ path: `${seen.pictures}/case-refused-desk.png` });
  });
}
