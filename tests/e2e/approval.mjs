// Two people for one thing: compliance asks, an admin answers; a collector asks, a lead answers; and
// somebody stands in for another.
import { settle } from "./browser.mjs";
import { expect } from "./walk.mjs";

const sheet = (page, title) => page.locator("section.sheet", { has: page.getByRole("heading", { name: title, exact: true }) });

// A legal hold has no form of its own yet: it is set as a program would.
async function set_legal_hold(page, case_id) {
  const status = await page.evaluate(async (subject) => {
    const { csrf_token } = await (await fetch("/api/v1/session")).json();
    const answer = await fetch("/api/v1/legal-holds", {
      method: "POST",
      headers: { "content-type": "application/json", "x-csrf-token": csrf_token },
      body: JSON.stringify({ scope: "case", subject, reason: "起诉前保全" }),
    });
    return answer.status;
  }, case_id);
  expect(status, "legal hold").toBe(200);
}

async function walk_legal_hold(walk, seen) {
  const { page } = walk;
  await walk.check("compliance asks on the case page to lift a legal hold, and cannot answer", async () => {
    await walk.sign_in("compliance");
    await set_legal_hold(page, decodeURIComponent(seen.case_path.split("/").pop()));
    await walk.go(seen.case_path);
    await page.getByRole("button", { name: "申请解除保留" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("解除理由").fill("判决已生效，案件了结");
    await form.getByRole("button", { name: "申请解除保留" }).click();
    await page.getByText(`${walk.staff.names.compliance} 已申请解除，待他人审批`).waitFor();
    await walk.go("/approvals");
    await sheet(page, "我的申请").getByRole("button", { name: "解除法定保留" }).click();
    const request = page.getByRole("dialog");
    await request.getByText("判决已生效，案件了结").waitFor();
    expect(await request.getByRole("button", { name: "同意", exact: true }).count(), "to approve one's own").toBe(0);
    expect(await request.getByRole("button", { name: "撤回" }).count()).toBe(1);
    expect(await sheet(page, "待我审批").innerText()).toMatch(/没有待审批的事项/);
  });
  await walk.check("an admin sees one in the menu, reads why, refuses not without a word, and approves", async () => {
    await walk.sign_in(walk.staff.admin);
    expect(await page.locator("#places .count").innerText()).toBe("1");
    await page.getByRole("link", { name: "审批" }).click();
    await sheet(page, "待我审批").getByRole("button", { name: "解除法定保留" }).click();
    const request = page.getByRole("dialog");
    await request.getByText("判决已生效，案件了结").waitFor();
    await request.getByRole("button", { name: "不同意" }).click();
    await request.getByText("不同意请写明理由。").waitFor();
    await request.getByLabel("意见").fill("已核对判决书");
    await page.screenshot({ path: `${walk.pictures}/approval-desk.png` });
    await request.getByRole("button", { name: "同意", exact: true }).click();
    await page.getByText("已同意。").waitFor();
    await sheet(page, "待我审批").getByText("没有待审批的事项").waitFor();
    await settle(page);
    expect(await page.locator("#places .count").count(), "number in the menu").toBe(0);
    expect(await sheet(page, "办结").innerText()).toMatch(/解除法定保留[\s\S]*已同意/);
  });
  await walk.check("once approved the hold is lifted", async () => {
    await walk.go(seen.case_path);
    await sheet(page, "档案").waitFor();
    await settle(page);
    expect(await sheet(page, "档案").innerText()).notToMatch(/不得销毁/);
  });
}

async function walk_hold(walk) {
  const { page } = walk;
  await walk.check("a collector asks to lift a hold, a lead approves, and it is gone", async () => {
    await walk.sign_in(walk.staff.collector);
    await walk.go("/my-day");
    const path = await page.locator('tbody a[href^="/cases/"]').first().getAttribute("href");
    await walk.go(path);
    const holds = sheet(page, "暂停与标记");
    await page.locator("h1").click();
    await page.keyboard.press("h");
    await page.fill("#hold_reason", "客户称已还清");
    await page.getByRole("dialog").getByRole("button", { name: "设置暂停" }).click();
    await holds.getByRole("button", { name: "申请解除" }).first().waitFor();
    await settle(page);
    const before = await holds.locator("li").count();
    await holds.getByRole("button", { name: "申请解除" }).first().click();
    const form = page.getByRole("dialog");
    await form.getByLabel("说明").fill("客户已提供还款凭证，异议消除");
    await form.getByRole("button", { name: "申请解除" }).click();
    await page.getByText("已提交，待组长审批。").waitFor();
    await holds.getByRole("link", { name: "已申请解除，待审批" }).waitFor();
    await walk.sign_in(walk.staff.manager);
    await walk.go("/approvals");
    await sheet(page, "待我审批").getByRole("button", { name: "解除暂停催收" }).click();
    const request = page.getByRole("dialog");
    await request.getByText("客户已提供还款凭证，异议消除").waitFor();
    await request.getByRole("button", { name: "同意", exact: true }).click();
    await page.getByText("已同意。").waitFor();
    await walk.go(path);
    await sheet(page, "暂停与标记").waitFor();
    await settle(page);
    expect(await sheet(page, "暂停与标记").locator("li").count(), "holds left").toBe(before - 1);
  });
}

async function walk_deputy(walk) {
  const { page } = walk;
  await walk.check("a lead names the admin for some days; the admin sees it and ends it", async () => {
    await walk.sign_in(walk.staff.lead);
    await walk.go("/approvals");
    const form = sheet(page, "代理人");
    await form.getByRole("combobox", { name: "代理人" }).click();
    await page.getByRole("option", { name: new RegExp(`（${walk.staff.admin}，`) }).click();
    await form.getByRole("combobox", { name: "至（含）" }).fill("2026-11-27");
    await page.keyboard.press("Enter");
    await form.getByRole("button", { name: "指定" }).click();
    await form.getByText(`${walk.staff.names[walk.staff.admin]}，2026-11-20 至 2026-11-27`).waitFor();
    await walk.sign_in(walk.staff.admin);
    await walk.go("/approvals");
    await form.getByText(`${walk.staff.names[walk.staff.lead]}，2026-11-20 至 2026-11-27`).waitFor();
    await form.getByRole("button", { name: "结束" }).click();
    await page.getByText("已结束。").waitFor();
  });
}

export async function walk_approval(walk, seen) {
  await walk_legal_hold(walk, seen);
  await walk_hold(walk);
  await walk_deputy(walk);
  await walk.look("approvals", "/approvals");
}
