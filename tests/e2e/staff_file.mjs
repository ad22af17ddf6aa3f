// The staff file: a certificate that ends soon, a conflict of interest, and somebody who leaves.
import { expect } from "./walk.mjs";

export async function walk_staff_file(walk) {
  const { page } = walk;
  const who = walk.staff.stranger;
  const pick = async (label, option) => {
    await page.locator("form, .form").getByRole("combobox", { name: label }).first().click();
    await page.getByRole("option", { name: option, exact: true }).click();
  };
  const open = async () => {
    await walk.go("/users");
    await page.locator("tbody tr", { hasText: who }).getByRole("link", { name: "档案" }).click();
    await page.getByRole("heading", { name: "核查、协议与证书" }).waitFor();
  };
  let path = "";
  await walk.check("a certificate is put into the file, and listed before it ends", async () => {
    await walk.sign_in(walk.staff.admin);
    await open();
    path = new URL(page.url()).pathname;
    await page.fill("#record_issuer", "行业协会");
    await page.fill("#record_title", "催收从业资格");
    await page.fill("#record_number", "ZG-2026-0042");
    await page.fill("#record_issued", "2026-11-01");
    await page.keyboard.press("Enter");
    await page.fill("#record_until", "2026-12-01");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "登记" }).click();
    await page.locator("tbody tr", { hasText: "ZG-2026-0042" }).waitFor();
    await walk.go("/users");
    expect(await page.locator(".soon").innerText()).toMatch(/30 天内到期（1）[\s\S]*资格证书 2026-12-01/);
  });
  await walk.look("staff-file", path);
  await walk.check("a conflict of interest takes the case away at once", async () => {
    await walk.sign_in(who);
    const case_of = async () => page.evaluate(async () => (await (await fetch("/api/v1/my-day?size=1")).json()).items[0].case_id);
    const case_id = await case_of();
    await walk.sign_in(walk.staff.admin);
    await open();
    await page.fill("#conflict_case", case_id);
    await page.fill("#conflict_reason", "此人的表弟");
    await page.getByRole("button", { name: "申报" }).click();
    await page.locator("tbody tr", { hasText: "此人的表弟" }).waitFor();
    await walk.sign_in(who);
    expect((await page.request.get(`${walk.base}/api/v1/cases/${case_id}`)).status(), "the case").toBe(404);
  });
  await walk.check("who leaves is signed out at once, and the cases have gone on", async () => {
    const cookies = await page.context().cookies();
    await walk.sign_in(walk.staff.admin);
    await open();
    page.once("dialog", (dialog) => dialog.accept());
    await page.getByRole("button", { name: "立即离职" }).click();
    await page.getByText(/已离职：交接 \d+ 件/).waitFor();
    await page.context().clearCookies();
    await page.context().addCookies(cookies);
    expect((await page.request.get(`${walk.base}/api/v1/session`)).status(), "the leaver's session").toBe(401);
    await page.context().clearCookies();
  });
}
