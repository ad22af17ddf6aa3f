// Compliance and the auditor: the gate asked as if, what was refused, the log checked and audited, a
// proof downloaded and checked by a program that knows nothing of this house; an agency and its key.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "./walk.mjs";

const sheet = (page, title) => page.locator("section.sheet", { has: page.getByRole("heading", { name: title }) });

async function walk_gate(walk, case_id) {
  const { page } = walk;
  await walk.check("compliance comes to the gate and sees today's caps", async () => {
    await walk.sign_in("compliance");
    expect(new URL(page.url()).pathname).toBe("/gate");
    expect(await sheet(page, "今日次数").innerText()).toMatch(/上限 3/);
  });
  await walk.check("as if at eleven at night: refused with the rule and every fact", async () => {
    const asking = sheet(page, "试问闸门");
    await asking.getByLabel("案件号").fill(case_id);
    await asking.getByRole("button", { name: "查找" }).click();
    await asking.getByRole("combobox", { name: "什么时候" }).fill("2026-11-20 23:00:00");
    await page.keyboard.press("Enter");
    await asking.getByRole("button", { name: "能联系吗？" }).click();
    await asking.getByText("不可联系").waitFor();
    expect(await asking.innerText()).toMatch(/CN_HOURS/);
    expect(await asking.locator("dl.facts").innerText()).toMatch(/23:00/);
  });
  await walk.check("what was refused is listed by rule", async () => {
    expect(await sheet(page, "被拒绝的触达").innerText()).toMatch(/准许 \d+ 次，拒绝 \d+ 次/);
  });
  await walk.look("gate", "/gate");
}

async function walk_packs(walk) {
  const { page } = walk;
  await walk.go("/packs");
  await walk.check("the packs say what they rest on, and what was chosen where sources disagree", async () => {
    await page.getByRole("heading", { name: "规则包：中国银行卡" }).waitFor();
    const chosen = sheet(page, "来源不一致之处的选择");
    expect(await chosen.innerText()).toMatch(/close_minute\s+21:00[\s\S]*GB\/T 45251-2025[\s\S]*自律公约/);
    const choice = chosen.locator("div", { hasText: "attempts_rule" }).last();
    expect(await choice.innerText(), "an option in words").toMatch(/拒绝[\s\S]*另可选：提示/);
    expect(await chosen.innerText(), "as the table spells it").notToMatch(/\brefuse\b|\bcounted\b/);
    expect(await chosen.locator("div", { hasText: "close_minute" }).last().locator("li").count(), "sources").toBe(2);
    const hours = await sheet(page, "何时").innerText();
    expect(hours).toMatch(/CN_HOURS · hours_late[\s\S]*2026-01-30/);
    expect(hours, "a condition with the option's value").toMatch(/≥ 规定结束时间（22:00）/);
    expect(hours, "FEEL").notToMatch(/not\("|options\.legal/);
  });
  await walk.check("on a day before the guideline its rows are not in effect", async () => {
    await page.getByRole("combobox", { name: "哪一天" }).fill("2026-01-29");
    await page.keyboard.press("Enter");
    await page.getByText("2026-01-29 的状态").waitFor();
    const row = sheet(page, "何时").getByRole("row", { name: /hours_late/ });
    expect(await row.innerText()).toMatch(/当日未生效/);
  });
  await walk.check("another country's pack, and a row found by its code", async () => {
    await page.getByRole("link", { name: "规则包：美国 Reg F" }).click();
    await page.getByLabel("查找代码、原因、依据").fill("RF_7IN7");
    await page.getByRole("link", { name: /RF_7IN7 · seven_in_seven/ }).waitFor();
    expect(await page.getByText("RF_HOURS").count()).toBe(0);
  });
  await walk.check("what a table may choose stands on its page, with its value", async () => {
    await walk.go("/tables/retention");
    const options = page.locator("#d-options");
    await options.getByText("purpose_months").waitFor();
    expect(await options.innerText()).toMatch(/purpose_months 36[\s\S]*诉讼时效3年/);
  });
  await walk.look("packs", "/packs");
}

async function walk_evidence(walk) {
  const { page } = walk;
  await walk.go("/evidence");
  await walk.check("the whole log and every table are checked, and nothing is found", async () => {
    const check = sheet(page, "完整性核对");
    await check.getByRole("button", { name: "现在核对" }).click();
    await check.getByText("未发现改动、丢失或倒退").waitFor({ timeout: 60_000 });
  });
  await walk.check("facts name people and things, not keys of rows", async () => {
    await walk.go("/evidence");
    const events = sheet(page, "事实与证明");
    await events.locator("tbody tr").first().waitFor();
    await page.getByText(walk.staff.names.compliance).nth(1).waitFor();
    const text = await events.locator("tbody").innerText();
    expect(/客户 C\d+/.test(text)).toBe(true);
    expect(text.match(/(user|customer):\S*/)?.[0] ?? "", "a key of a row").toBe("");
  });
  await walk.check("each permit is judged again, and all agree", async () => {
    const audit = sheet(page, "许可审计");
    await audit.getByRole("button", { name: "现在审计" }).click();
    await audit.getByText("逐条重判，全部相符").waitFor({ timeout: 60_000 });
    await audit.getByText("明细").click();
    expect(await audit.locator("details").innerText()).toMatch(/许可使用两次 used_twice/);
  });
  await walk.check("a proof is downloaded and checked with the key alone; one byte changed and it is not", async () => {
    const key = await page.evaluate(async () => (await fetch("/api/v1/evidence/log?path=vkey")).text());
    const events = sheet(page, "事实与证明");
    await events.getByRole("combobox", { name: "种类" }).fill("permit_granted");
    await page.getByRole("option", { name: /permit_granted/ }).click();
    await events.getByRole("button", { name: "查找" }).click();
    const link = events.getByRole("link", { name: "下载证明" }).first();
    await link.waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
    const folder = mkdtempSync(join(tmpdir(), "evenhand-proof-"));
    const file = join(folder, "one.tlog-proof");
    await download.saveAs(file);
    const bin = process.env.EVENHAND_BIN ?? "build/release/evenhand";
    const check = () => execFileSync(bin, ["proof", "check", file, "--key", key.trim()], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    expect(check()).toMatch(/permit_granted/);
    const text = readFileSync(file, "utf8");
    const at = text.indexOf("\n", text.indexOf("extra ")) - 8;
    writeFileSync(file, text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1));
    let refused = false;
    try {
      check();
    } catch {
      refused = true;
    }
    rmSync(folder, { recursive: true });
    expect(refused, "a changed proof").toBe(true);
  });
  await walk.look("evidence", "/evidence");
}

async function walk_auditor(walk) {
  const { page } = walk;
  await walk.check("the auditor sees proofs and rules, and no person", async () => {
    await walk.sign_in("auditor");
    expect(new URL(page.url()).pathname).toBe("/evidence");
    const events = sheet(page, "事实与证明");
    await events.locator("tbody tr").first().waitFor();
    expect(await events.innerText()).notToMatch(/C0\d{4}/);
    expect(await page.getByRole("search").count(), "a search for cases nobody may open").toBe(0);
    await walk.go("/cases");
    expect(new URL(page.url()).pathname).toBe("/evidence");
  });
}

async function walk_keys(walk) {
  const { page } = walk;
  await walk.check("an admin takes an agency in and gives it a key, shown once", async () => {
    await walk.sign_in(walk.staff.admin);
    await walk.go("/keys");
    await page.getByRole("button", { name: "新增机构或系统" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("名称代码").fill("agency:huaxin");
    await form.getByLabel("全称").fill("华信外包有限公司");
    await form.getByLabel("承接的团队").fill("agency_desk");
    for (const [name, date] of [["资质有效至", "2027-06-30"], ["合同有效至", "2027-06-30"], ["最近评估", "2026-06-01"]]) {
      await form.getByRole("combobox", { name }).fill(date);
      await page.keyboard.press("Enter");
    }
    for (const name of ["已列入公布名单", "已做个人信息保护影响评估", "录音就绪"]) await form.getByLabel(name).check();
    await form.getByRole("button", { name: "保存" }).click();
    await page.getByText("资质齐全").waitFor();
    await page.getByRole("button", { name: "发放密钥" }).click();
    const secret = await page.locator(".secret").innerText();
    expect(secret).toMatch(/^eh_[0-9a-f]{64}$/);
    const asked = await fetch(`${walk.base}/api/v1/permits`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${secret}` },
      body: JSON.stringify({ items: [{ case_id: "C0", contact_point_id: "C0:1", channel: "call", purpose: "collect", says_debt: true, idempotency_key: "e2e" }] }),
    });
    expect(asked.status).toBe(200);
    expect((await asked.json()).items[0].error.code).toBe("not_found");
  });
  await walk.check("the page of agencies and keys is called that", async () => {
    await walk.go("/keys");
    expect(await walk.text("h1")).toMatch(/机构与密钥/);
  });
  await walk.look("keys", "/keys");
}

export async function walk_compliance(walk, seen) {
  const case_id = decodeURIComponent(seen.case_path.split("/").pop());
  await walk_gate(walk, case_id);
  await walk_packs(walk);
  await walk_evidence(walk);
  await walk_auditor(walk);
  await walk_keys(walk);
}
