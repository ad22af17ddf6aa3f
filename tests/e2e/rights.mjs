// A person's rights as staff carry them out: everything held of somebody downloaded and opened, two
// people having agreed; somebody long gone erased by two people, and the log still verifying.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { former, run } from "./house.mjs";
import { settle } from "./browser.mjs";
import { unzip } from "./unzip.mjs";
import { expect } from "./walk.mjs";

const sheet = (page, title) => page.locator("section.sheet", { has: page.getByRole("heading", { name: title, exact: true }) });

async function choose(page, scope, label, option) {
  await scope.locator(".el-select", { has: page.getByRole("combobox", { name: label, exact: true }) }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

async function take(walk, case_id, kind, text) {
  const { page } = walk;
  await walk.go("/rights");
  await page.getByRole("button", { name: "登记请求" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByRole("button", { name: "登记请求" }).click();
  await form.getByText("请填写案件号、身份核验方式和请求内容。").waitFor();
  await form.getByLabel("案件号").fill(case_id);
  await choose(page, form, "请求", kind);
  await choose(page, form, "身份核验", "查验证件原件");
  await form.getByLabel("请求内容").fill(text);
  await form.getByRole("button", { name: "登记请求" }).click();
  await page.getByText("已登记，须在").waitFor();
  await sheet(page, "待办").getByRole("button", { name: kind }).first().waitFor();
}

async function ask_second(walk, kind, words) {
  const { page } = walk;
  await sheet(page, "待办").getByRole("button", { name: kind }).first().click();
  const request = page.getByRole("dialog");
  await request.getByLabel("答复与理由").fill(words);
  await request.getByRole("button", { name: "同意", exact: true }).click();
  await page.getByText("已同意；副本与删除须他人审批。").waitFor();
  await request.getByText("待审批").waitFor();
  await request.getByRole("button", { name: "关闭", exact: true }).click();
}

async function approve(walk, words) {
  const { page } = walk;
  await walk.sign_in(walk.staff.admin);
  await walk.go("/approvals");
  await sheet(page, "待我审批").getByRole("button", { name: "个人信息权利" }).first().click();
  const request = page.getByRole("dialog");
  await request.getByText(words).waitFor();
  await request.getByRole("button", { name: "同意", exact: true }).click();
  await page.getByText("已同意。").waitFor();
  await settle(page);
}

async function walk_copy(walk, seen, folder) {
  const { page } = walk;
  const case_id = decodeURIComponent(seen.case_path.split("/").pop());
  await walk.check("a request is taken in only with an identity check, and has a day by table", async () => {
    await walk.sign_in("compliance");
    await take(walk, case_id, "查阅、复制", "请提供你们持有的我的全部信息");
    expect(await sheet(page, "待办").innerText()).toMatch(/查阅、复制[\s\S]*待答复[\s\S]*2026-12-11[\s\S]*剩 21 天/);
    await ask_second(walk, "查阅、复制", "身份已核对，交付副本");
  });
  await walk.check("no copy before a second person agreed", async () => {
    await sheet(page, "待办").getByRole("button", { name: "查阅、复制" }).first().click();
    const request = page.getByRole("dialog");
    await request.getByText("提请审批").waitFor();
    expect(await request.getByRole("button", { name: "制作副本" }).count()).toBe(0);
    await approve(walk, "身份已核对，交付副本");
  });
  await walk.check("everything held of the person is downloaded, and reads without us", async () => {
    await walk.sign_in("compliance");
    await walk.go("/rights");
    await sheet(page, "待办").getByRole("button", { name: "查阅、复制" }).first().click();
    const request = page.getByRole("dialog");
    const [download] = await Promise.all([page.waitForEvent("download"), request.getByRole("button", { name: "制作副本" }).click()]);
    expect(download.suggestedFilename()).toMatch(/^personal-data-\d+-2026-11-20\.zip$/);
    const files = unzip(readFileSync(await download.path()));
    expect([...files.keys()].slice(0, 2).join(" ")).toBe("index.html data.json");
    expect(files.size, "with the documents").toBeAbove(2);
    const data = JSON.parse(files.get("data.json").toString("utf8"));
    const section = (name) => data.sections.find((one) => one.name === name).rows;
    expect(section("identity")[0].customer_no).toBe(case_id);
    expect(section("identity")[0].name).notToMatch(/\*/);
    const points = section("contact_points");
    expect(points.filter((one) => one.role === "self").map((one) => one.value).join(" ")).notToMatch(/\*\*/);
    for (const other of points.filter((one) => one.role !== "self")) expect(other.value, "another's number").toMatch(/\*\*/);
    expect(section("contacts").length, "permits").toBeAbove(0);
    expect(section("decisions").length, "decisions").toBeAbove(3);
    expect(section("looks").length, "who looked").toBeAbove(0);
    const html = join(folder, "index.html");
    writeFileSync(html, files.get("index.html"));
    const offline = await page.context().newPage();
    await offline.goto(pathToFileURL(html).href);
    expect(await offline.locator("h1").innerText()).toBe("个人信息副本");
    expect(await offline.locator("body").innerText()).toMatch(/由 compliance 制作于 2026-11-20[\s\S]*自动化决定及其理由[\s\S]*命中的行/);
    await offline.screenshot({ path: `${walk.pictures}/person-copy.png` });
    await offline.close();
  });
}

async function walk_erasure(walk, house) {
  const { page } = walk;
  await walk.check("an open case is not erased: the page says what must be kept, and it is restricted", async () => {
    await walk.go("/cases");
    const path = await page.locator('tbody a[href^="/cases/"]').last().getAttribute("href");
    await take(walk, decodeURIComponent(path.split("/").pop()), "删除", "请删除我的信息");
    await sheet(page, "待办").getByRole("button", { name: "删除" }).first().click();
    const request = page.getByRole("dialog");
    await request.getByText("案件未结").waitFor();
    expect(await request.getByRole("button", { name: "同意", exact: true }).count(), "to grant it").toBe(0);
    await page.screenshot({ path: `${walk.pictures}/rights-duties.png` });
    await request.getByLabel("答复与理由").fill("账户未结清，合同履行所必需；已停止一般联系");
    await request.getByText("拒绝时改为限制处理").click();
    await request.getByRole("button", { name: "拒绝", exact: true }).click();
    await page.getByText("已拒绝。").waitFor();
    await request.getByText("改为限制处理", { exact: true }).waitFor();
  });
  await walk.check("who is long gone is erased once two people agree, and is found no more", async () => {
    await take(walk, former.customer_no, "删除", "账户已结清多年，请删除");
    await ask_second(walk, "删除", "保存期限已满，予以删除");
    await approve(walk, "保存期限已满，予以删除");
    await walk.sign_in("compliance");
    for (let tries = 0; tries < 30; ++tries) {
      await walk.go("/rights");
      if (/已删除/.test(await sheet(page, "已答复").innerText())) break;
      await page.waitForTimeout(1000);
    }
    expect(await sheet(page, "已答复").innerText()).toMatch(/删除[\s\S]*已删除/);
    for (const q of [former.customer_no, former.name, former.phone, former.citizen_id]) {
      const found = await page.evaluate(async (text) => (await fetch(`/api/v1/cases?q=${encodeURIComponent(text)}`)).json(), q);
      expect(found.total, "cases found").toBe(0);
    }
  });
  if (!house) return;
  await walk.check("and the log still verifies: whole, and the store against it", async () => {
    const log = join(house.data, "log");
    expect(existsSync(join(log, "checkpoint"))).toBe(true);
    // Each of them ends with 1, and run() throws, where it finds anything.
    for (const words of [["verify", log], ["verify", "--data", house.data], ["audit", "--data", house.data]]) run(...words);
    expect(run("verify", "--data", house.data), "erased").notToMatch(/已抹去 0/);
  });
}

async function walk_others(walk, seen) {
  const { page } = walk;
  const case_id = decodeURIComponent(seen.case_path.split("/").pop());
  await walk.check("a name is put right, and is found by the new one", async () => {
    await take(walk, case_id, "更正、补充", "姓名有误，见户口簿");
    await sheet(page, "待办").getByRole("button", { name: "更正、补充" }).first().click();
    const request = page.getByRole("dialog");
    await choose(page, request, "更正哪一项", "姓名");
    await request.getByLabel("更正为").fill("诸葛更正");
    await request.getByRole("button", { name: "更正", exact: true }).click();
    await page.getByText("已更正；请同时告知委托方").waitFor();
    await request.getByLabel("答复与理由").fill("已更正");
    await request.getByRole("button", { name: "同意", exact: true }).click();
    await request.getByText("已答复").waitFor();
    const found = await page.evaluate(async () => (await fetch(`/api/v1/cases?q=${encodeURIComponent("诸葛更正")}`)).json());
    expect(found.total, "cases found").toBeAbove(0);
  });
  await walk.check("consent withdrawn stands in the ledger, and the gate refuses at once", async () => {
    await walk.go("/rights");
    const ledger = sheet(page, "同意台账");
    await ledger.getByLabel("谁的同意").fill(case_id);
    await ledger.getByRole("button", { name: "查找" }).click();
    await ledger.getByText("还没有登记过。").waitFor();
    await ledger.getByRole("button", { name: "登记" }).click();
    await page.getByText("已登记；撤回即时生效。").waitFor();
    expect(await ledger.locator("tbody").innerText()).toMatch(/电子渠道联系[\s\S]*撤回[\s\S]*电话/);
    const holds = await page.evaluate(async (id) => (await (await fetch(`/api/v1/cases/${id}`)).json()).holds.map((one) => one.kind), case_id);
    expect(holds.includes("consent_withdrawn"), "the hold").toBe(true);
  });
  await walk.check("an impact assessment is written down whole, and kept three years", async () => {
    const register = sheet(page, "个人信息保护影响评估");
    await register.getByRole("button", { name: "登记评估" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("评估事项").fill("评分与处置的自动化决策");
    await form.getByRole("button", { name: "登记评估" }).click();
    await form.getByText("各项都要写。").waitFor();
    for (const label of ["处理目的与方式", "合法、正当、必要", "对个人的影响与风险", "保护措施"]) await form.getByLabel(label).fill(`${label}：见附件`);
    await form.getByRole("button", { name: "登记评估" }).click();
    await page.getByText("已登记。", { exact: true }).waitFor();
    await register.getByRole("button", { name: "评分与处置的自动化决策" }).waitFor();
    expect(await register.innerText()).toMatch(/自动化决策[\s\S]*2026-11-20[\s\S]*2029-11-20/);
  });
}

export async function walk_rights(walk, seen, house) {
  const folder = mkdtempSync(join(tmpdir(), "evenhand-rights-"));
  await walk_copy(walk, seen, folder);
  await walk_erasure(walk, house);
  await walk_others(walk, seen);
  await walk.look("rights", "/rights");
  rmSync(folder, { recursive: true, force: true });
}
