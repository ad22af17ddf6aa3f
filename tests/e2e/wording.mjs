// What may be said: the page of its own, and a note while it is typed.
import { expect } from "./walk.mjs";

export async function walk_wording(walk, seen) {
  const { page } = walk;
  await walk.check("a text is looked at while it is typed, for whoever hears it", async () => {
    await walk.sign_in(walk.staff.manager);
    await walk.go("/wording");
    await page.fill("#wording_text", "您好，再不还就坐 * 牢");
    await page.locator("mark.block", { hasText: "坐 * 牢" }).waitFor();
    expect(await walk.text(".findings"), "the rule and its row").toMatch(/CN_CRIME_THREAT[\s\S]*第/);
    await page.fill("#wording_text", "您的贷款逾期了");
    await page.getByText("可以这样说。").waitFor();
    await page.selectOption("#wording_role", "contact_person");
    await page.locator("mark.block", { hasText: "逾期" }).waitFor();
  });
  await walk.check("a note that insults is not saved; one that quotes the customer is", async () => {
    await walk.go(seen.case_path);
    const box = page.getByRole("textbox", { name: "备注" });
    await box.fill("这个客户是傻.逼");
    await page.locator("mark.block", { hasText: "傻.逼" }).waitFor();
    await box.press("Control+Enter");
    await page.getByText("没有保存：请先改掉标出的词。").waitFor();
    expect(await box.inputValue(), "what was typed stays").toBe("这个客户是傻.逼");
    await box.fill("客户骂坐席傻.逼，称要投诉");
    await box.press("Control+Enter");
    await page.getByText("备注已保存。").waitFor();
  });
  await walk.look("wording", "/wording");
}
