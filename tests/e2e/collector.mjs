// A collector's day: the list by keyboard, a case, a permit, an outcome, a promise, a hold.
import { readFileSync } from "node:fs";
import { expect } from "./walk.mjs";
import { settle } from "./browser.mjs";

const sheet = (page, title) => page.locator("section.sheet", { has: page.getByRole("heading", { name: title, exact: true }) });
const whole_number = /(?<!\d)1[3-9]\d{9}(?!\d)/;
const whole_id = /(?<!\d)\d{17}[\dXx](?!\d)/;

export async function walk_collector(walk, seen) {
  const { page } = walk;
  const left_today = async () => Number(await page.locator(".desk .left b").innerText());
  const toast = (text) => page.getByText(text).first().waitFor();
  const no_dialog = () => page.waitForFunction(() => ![...document.querySelectorAll(".el-overlay")].some((one) => one.style.display !== "none"));
  // A point of the person's own that the gate lets through.
  const choose_allowed = async () => {
    const points = page.locator(".points label");
    for (let at = 0; at < (await points.count()); ++at) {
      await points.nth(at).click();
      await settle(page);
      await page.waitForTimeout(150);
      if (await page.locator(".desk .may").count()) return true;
    }
    return false;
  };

  await walk.check("a collector signs in and lands on the day's list", async () => {
    await walk.sign_in(walk.staff.collector);
    expect(new URL(page.url()).pathname).toBe("/my-day");
    expect(await page.locator("tbody tr").count(), "rows").toBeAbove(3);
    expect(await walk.text(".day-beam"), "contact window").toMatch(/可以联系[\s\S]*21:00 截止，还有 1[01]:\d\d:\d\d/);
    expect(await walk.text("main"), "masked").notToMatch(whole_number);
  });
  await walk.check("the menu holds a collector's places only", async () => {
    expect((await page.locator(".rail li").allInnerTexts()).map((one) => one.trim()).join()).toBe("我的一天,案件清单,审批,决策表,话术检查");
    await walk.go("/dashboard");
    expect(new URL(page.url()).pathname, "the dashboard sends back").toBe("/my-day");
  });
  await walk.check("? lists the keys, / goes to the search", async () => {
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    expect(await page.getByRole("dialog").innerText()).toMatch(/打开所选案件/);
    await page.keyboard.press("Escape");
    await no_dialog();
    await page.keyboard.press("/");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("type"))).toBe("search");
    await page.keyboard.press("Escape");
  });
  await walk.check("j, k and Enter open a case from the list", async () => {
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    expect(await page.locator("tr.cursor").count()).toBe(1);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/cases\/.+/);
    await settle(page);
    seen.case_path = new URL(page.url()).pathname;
  });
  await walk.check("the case file is masked, whole and sums up", async () => {
    const text = await walk.text("main");
    expect(text, "a whole phone number").notToMatch(whole_number);
    expect(text, "a whole citizen id").notToMatch(whole_id);
    for (const word of ["本金", "利息", "违约金", "余额", "为什么这样处置", "经过", "今日还可联系"]) expect(text, word).toMatch(new RegExp(word));
    const expected = await page.locator(".chain li", { hasText: "预计净额" }).innerText();
    expect(expected).toMatch(/预计回收\s*-?[\d,.]+ 元\s*预计成本\s*-?[\d,.]+ 元\s*预计净额\s*-?[\d,.]+ 元/);
  });
  await walk.check("the case as of a past day: that day's book, its edition, a day less overdue", async () => {
    const day = page.getByRole("combobox", { name: "截至" });
    const overdue = async () => Number(await page.locator(".facts tbody tr", { hasText: "逾期天数" }).locator("td").first().innerText());
    const ask = async (date) => {
      await day.fill(date);
      await day.press("Enter");
    };
    const now = await overdue();
    await ask("2026-11-19");
    await page.getByText(/^2026-11-19 日终账簿，版次 [0-9a-f]{12}。/).waitFor();
    expect(await overdue()).toBe(now - 1);
    await ask("2026-11-01");
    await page.getByText("那一天还没有日终账簿。").waitFor();
    await ask("");
    await page.getByText("那一天还没有日终账簿。").waitFor({ state: "detached" });
    expect(await overdue(), "today again").toBe(now);
    await page.keyboard.press("Escape");
  });
  await walk.check("a third person with a debt word is refused, with the citation", async () => {
    const third = page.locator(".points label", { hasText: "联系人" });
    for (let tries = 0; tries < 25 && !(await third.count()); ++tries) {
      await page.keyboard.press("j");
      await page.waitForTimeout(200);
      await settle(page);
    }
    await third.first().click();
    await page.locator(".debt input").check();
    await page.locator(".refusals").waitFor();
    const text = await walk.text(".refusals");
    expect(text).toMatch(/第\s*\d+\s*行/);
    expect(await page.locator(".refusals .cite span").first().innerText(), "a citation").toMatch(/《|指引|法|GB/);
  });
  await walk.check("a permit shows the number and a timer; the outcome takes it away", async () => {
    await walk.go(seen.case_path);
    while (!(await choose_allowed())) {
      await page.keyboard.press("j");
      await page.waitForTimeout(300);
      await settle(page);
    }
    seen.case_path = new URL(page.url()).pathname;
    const before = await left_today();
    await page.keyboard.press("c");
    await page.locator(".dial").waitFor();
    const number = await walk.text(".dial");
    expect(number, "the number to dial").toMatch(/\d{7,}/);
    const timer = await walk.text(".times b");
    await page.waitForFunction((old) => document.querySelector(".times b")?.textContent !== old, timer);
    await page.keyboard.press("1");
    await page.fill(".outcome textarea", "客户本人接听，同意周五还款");
    await page.getByRole("button", { name: "登记结果" }).click();
    await toast("已登记。");
    await page.locator(".dial").waitFor({ state: "detached" });
    await settle(page);
    expect(await left_today(), "contacts left today").toBe(before - 1);
    expect(await walk.text("main"), "the number is gone").notToMatch(new RegExp(number));
  });
  await walk.check("a promise is logged in yuan and kept in fen", async () => {
    await page.locator("h1").click();
    await page.keyboard.press("p");
    await page.getByRole("dialog").waitFor();
    await page.fill("#promise_amount", "1,234.5");
    await page.getByRole("button", { name: "保存承诺" }).click();
    await toast("承诺已保存。");
    await no_dialog();
    await settle(page);
    expect(await walk.text("main")).toMatch(/1,234\.50 元/);
    expect(await sheet(page, "经过").innerText(), "in the timeline too").toMatch(/前还 1,234\.50 元/);
    const offers = sheet(page, "可提出的优惠");
    expect(await offers.innerText(), "what is true of granting").toMatch(/还不能在本系统办理/);
    expect(await offers.getByRole("link", { name: "谁能批准" }).getAttribute("href")).toBe("/tables/authority");
  });
  await walk.check("a note is written and stands in the timeline", async () => {
    await page.locator("h1").click();
    await page.keyboard.press("n");
    await page.keyboard.type("客户换了工作单位");
    await page.keyboard.press("Control+Enter");
    await toast("备注已保存。");
    await settle(page);
  });
  await walk.check("contacts run out: the gate refuses and says from when", async () => {
    for (let tries = 0; tries < 5; ++tries) {
      if (!(await choose_allowed())) break;
      await page.locator("h1").click();
      await page.keyboard.press("c");
      await page.locator(".dial, .refusals").first().waitFor();
      if (!(await page.locator(".dial").count())) break;
      await page.keyboard.press("1");
      await page.getByRole("button", { name: "登记结果" }).click();
      await page.locator(".dial").waitFor({ state: "detached" });
      await settle(page);
    }
    await page.locator(".points label").first().click();
    await page.locator(".refusals").waitFor();
    expect(await walk.text(".refusals .head")).toMatch(/不可联系/);
    expect(await left_today()).toBe(0);
  });
  await walk.check("a document is uploaded, listed and downloaded for a reason", async () => {
    const dialog = page.getByRole("dialog");
    const bytes = Buffer.from("%PDF-1.4\n催收函\n");
    await page.locator(".documents").getByRole("button", { name: "上传" }).click();
    await dialog.waitFor();
    await dialog.getByRole("button", { name: "上传" }).click();
    expect(await dialog.innerText(), "without a file").toMatch(/请选择文件/);
    await page.setInputFiles("#document_file", { name: "函.pdf", mimeType: "application/pdf", buffer: Buffer.from("MZ\u0001") });
    await dialog.getByRole("button", { name: "上传" }).click();
    await dialog.locator(".problem").waitFor();
    await page.setInputFiles("#document_file", { name: "函.pdf", mimeType: "application/pdf", buffer: bytes });
    await dialog.getByRole("button", { name: "上传" }).click();
    await toast("文件已入档");
    await no_dialog();
    await settle(page);
    expect(await walk.text(".documents")).toMatch(/函件[\s\S]*下载/);
    await page.locator(".documents .get").first().click();
    await dialog.waitFor();
    expect(await dialog.innerText()).toMatch(/办理案件|事由/);
    const [download] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("button", { name: "下载" }).click()]);
    expect(download.suggestedFilename()).toMatch(/^letter-\d{4}-\d\d-\d\d-\d+\.pdf$/);
    expect(readFileSync(await download.path()).equals(bytes), "the same bytes").toBe(true);
    await no_dialog();
  });
  await walk.check("a hold is set, is shown, and a collector may only ask to lift it", async () => {
    await page.locator("h1").click();
    await page.keyboard.press("h");
    await page.getByRole("dialog").waitFor();
    await page.fill("#hold_reason", "客户称有一笔交易非本人");
    await page.getByRole("dialog").getByRole("button", { name: "设置暂停" }).click();
    await toast(/暂停已设置/);
    await no_dialog();
    await settle(page);
    await page.locator(".case-head").getByText(/暂停：/).first().waitFor();
    expect(await page.locator(".lift").first().innerText(), "no way to lift alone").toBe("申请解除");
  });
  await walk.check("the row that fired leads to its table", async () => {
    await walk.go(seen.case_path);
    const link = page.locator(".chain a").last();
    const row = (await link.innerText()).match(/\d+/)?.[0];
    await link.click();
    await page.locator("tr.fired").waitFor();
    expect(await page.locator("tr.fired th").first().innerText()).toMatch(new RegExp(`^${row}\\b`));
  });
  await walk.check("search finds a customer by number", async () => {
    await walk.go("/my-day");
    const customer_no = decodeURIComponent(seen.case_path.split("/").pop());
    await page.keyboard.press("/");
    await page.keyboard.type(customer_no);
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=/);
    await settle(page);
    expect(await page.locator("tbody tr").count()).toBe(1);
  });
  await walk.check("English is a click away and stays after a reload", async () => {
    await page.getByRole("button", { name: "English" }).click();
    await page.reload();
    await settle(page);
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("en");
    expect(await walk.text(".rail")).toMatch(/My day/);
    await walk.go(seen.case_path);
    await page.screenshot({ path: `${seen.pictures}/case-english-desk.png` });
    await page.getByRole("button", { name: "中文" }).click();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("zh-CN");
  });
  await walk.look("my-day", "/my-day");
  await walk.look("case", seen.case_path);
}
