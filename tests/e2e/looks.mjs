// One field in clear for a reason, seen by the lead of the team; and compliance asks who looked.
import { readFileSync } from "node:fs";
import { expect } from "./walk.mjs";
import { settle } from "./browser.mjs";

const sheet = (page, title) => page.locator("section.sheet", { has: page.getByRole("heading", { name: title, exact: true }) });

async function walk_unmask(walk, seen) {
  const { page } = walk;
  const dialog = page.getByRole("dialog");
  await walk.check("a collector sees a name in clear for a reason, once", async () => {
    await walk.sign_in(walk.staff.early);
    await page.locator("tbody a").first().click();
    await page.waitForURL(/\/cases\/.+/);
    await settle(page);
    seen.looked_at = decodeURIComponent(new URL(page.url()).pathname.split("/").pop());
    const masked = await page.locator(".case-head h1").innerText();
    expect(masked, "masked").toMatch(/\*/);
    await page.getByRole("button", { name: "看原文" }).click();
    await dialog.getByRole("button", { name: "查看", exact: true }).click();
    await dialog.getByText("请选原因").last().waitFor();
    await dialog.locator(".el-select", { has: page.locator("#unmask_reason") }).click();
    await page.locator(".el-select-dropdown__item:visible", { hasText: "核对本人身份" }).click();
    await dialog.locator("#unmask_text").fill("客户来电核对");
    await dialog.getByRole("button", { name: "查看", exact: true }).click();
    const value = await dialog.locator(".value").innerText();
    expect(value, "in clear").notToMatch(/\*/);
    expect(value.slice(0, 1)).toBe(masked.slice(0, 1));
    expect(await dialog.innerText()).toMatch(/本小时还可看 5 次，今天还可看 19 次/);
    seen.clear_name = value;
    await page.screenshot({ path: `${walk.pictures}/unmask.png` });
    await dialog.getByRole("button", { name: "关闭" }).last().click();
    await page.waitForFunction((name) => !document.body.innerText.includes(name), value);
  });
  await walk.check("no number and no address is among the fields", async () => {
    await page.getByRole("button", { name: "看原文" }).click();
    await dialog.locator(".el-select", { has: page.locator("#unmask_field") }).click();
    await page.locator(".el-select-dropdown__item:visible").first().waitFor();
    const fields = (await page.locator(".el-select-dropdown__item:visible").allInnerTexts()).join();
    expect(fields).toMatch(/姓名[\s\S]*证件号码/);
    expect(fields).notToMatch(/电话|号码 1|地址|住址/);
    await page.keyboard.press("Escape");
    await dialog.getByRole("button", { name: "取消" }).click();
  });
}

export async function walk_looks(walk, seen) {
  const { page } = walk;
  await walk_unmask(walk, seen);
  const case_id = seen.looked_at;
  await walk.check("the lead of the team sees who saw what, and why; not the value", async () => {
    await walk.sign_in(walk.staff.lead);
    await walk.go("/team");
    const row = sheet(page, "今日查看原文").locator("tbody tr").first();
    await row.waitFor();
    expect(await row.innerText()).toMatch(new RegExp(`${walk.staff.early}[\\s\\S]*${case_id}[\\s\\S]*姓名[\\s\\S]*核对本人身份[\\s\\S]*客户来电核对`));
    expect((await walk.text()).includes(seen.clear_name)).toBe(false);
  });
  await walk.check("compliance asks who looked at this person", async () => {
    await walk.sign_in("compliance");
    await walk.go("/looks");
    const looks = sheet(page, "查看记录");
    await looks.getByLabel("案件号").fill(case_id);
    await looks.getByRole("button", { name: "查找" }).click();
    await settle(page);
    await looks.locator("tbody tr", { hasText: "看原文 · 姓名" }).first().waitFor();
    const text = await looks.locator("tbody").innerText();
    expect(text).toMatch(new RegExp(`${walk.staff.early}[\\s\\S]*看案件[\\s\\S]*${case_id}[\\s\\S]*名下案件`));
    expect(text.includes(seen.clear_name)).toBe(false);
  });
  await walk.check("the same as a file that says whose copy it is", async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), sheet(page, "查看记录").getByRole("link", { name: "导出" }).click()]);
    const csv = readFileSync(await download.path(), "utf8");
    expect(csv.split("\r\n")[0]).toMatch(/衡收 查看记录 · compliance · 2026-11-20T/);
    expect(csv).toMatch(new RegExp(`unmask,identity_check,${case_id}`));
  });
  await walk.check("the report counts what each user did", async () => {
    await walk.go("/looks");
    expect(await sheet(page, "安全报告").innerText()).toMatch(/登录 \d+ 次[\s\S]*看案件 \d+/);
  });
  await walk.look("looks", "/looks");
}
