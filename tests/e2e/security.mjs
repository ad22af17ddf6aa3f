// Somebody secures their own account: the second step with an app, recovery codes, devices.
import { createHmac } from "node:crypto";
import { expect } from "./walk.mjs";

// What an authenticator app shows for a base32 secret at a moment (RFC 6238). The server's clock is
// the walk's, so the app's must be too.
export function totp(secret, ms) {
  let bits = "";
  for (const letter of secret.replace(/\s/g, "")) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(ms / 30_000)));
  const hash = createHmac("sha1", key).update(counter).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

export async function walk_security(walk) {
  const { page } = walk;
  const who = walk.staff.analyst;
  // The server's clock, by its own word.
  const server_ms = async () => Date.parse((await page.request.get(`${walk.base}/api/v1/health`)).headers().date);
  let secret = "", recovery = [], taken = 0;
  // A code that was not used yet: the next step's counts already.
  const fresh_code = async () => {
    const now = await server_ms();
    taken = Math.max(Math.floor(now / 30_000), taken + 1);
    return totp(secret, taken * 30_000);
  };
  await walk.check("a second step is set up with the picture, the key and the app's first code", async () => {
    await walk.sign_in(who);
    await walk.go("/own-security");
    await page.getByRole("button", { name: "设置", exact: true }).click();
    await page.fill("#password_again", "not my password");
    await page.getByRole("button", { name: "下一步" }).click();
    await page.getByText("密码不对。").waitFor();
    await page.fill("#password_again", walk.staff.password);
    await page.getByRole("button", { name: "下一步" }).click();
    await page.locator("svg.qr path").waitFor();
    secret = await page.locator("#secret").innerText();
    await page.screenshot({ path: `${walk.pictures}/second-step-desk.png` });
    await page.fill("#code", "000000");
    await page.getByRole("button", { name: "启用" }).click();
    await page.getByText("动态码不对").waitFor();
    await page.fill("#code", await fresh_code());
    await page.getByRole("button", { name: "启用" }).click();
    await page.locator(".codes li").first().waitFor();
    recovery = await page.locator(".codes li").allInnerTexts();
    expect(recovery.length, "recovery codes").toBe(10);
    await page.getByRole("button", { name: "我已保存好" }).click();
    await page.getByText("恢复码还剩 10 个").waitFor();
  });
  await walk.check("every page says over itself who looks at it and when", async () => {
    for (const path of ["/own-security", "/tables"]) {
      await walk.go(path);
      const lines = await page.locator("svg.watermark text").allTextContents();
      expect(lines[0].endsWith(who), lines[0]).toBe(true);
      const china = new Date((await server_ms()) + 8 * 3_600_000).toISOString();
      expect(lines[1].slice(0, 10)).toBe(china.slice(0, 10));
    }
  });
  const enter = async (code) => {
    await page.context().clearCookies();
    await walk.go("/sign-in");
    await page.fill("#user_name", who);
    await page.fill("#password", walk.staff.password);
    await page.keyboard.press("Enter");
    await page.locator("#code").waitFor();
    await page.fill("#code", code);
    await page.keyboard.press("Enter");
  };
  await walk.check("the password alone does not sign in any more; a code does", async () => {
    await enter("123456");
    await page.getByText("动态码不对，或已经用过").waitFor();
    await page.screenshot({ path: `${walk.pictures}/sign-in-code-desk.png` });
    await page.fill("#code", await fresh_code());
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  });
  await walk.check("a recovery code signs in once, and is one less", async () => {
    await enter(recovery[0]);
    await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
    await walk.go("/own-security");
    await page.getByText("恢复码还剩 9 个").waitFor();
  });
  await walk.look("own-security", "/own-security");
  await walk.check("other devices are seen, named and signed out", async () => {
    await walk.go("/own-security");
    const rows = page.locator("tbody tr");
    expect(await rows.count(), "devices").toBeAbove(1);
    expect(await rows.first().innerText()).toMatch(/Chrome/);
    await page.getByRole("button", { name: "退出其他所有设备" }).click();
    await page.getByText("已退出。").waitFor();
    await rows.nth(1).waitFor({ state: "detached" });  // the list is read anew after the word
    expect(await rows.count(), "devices left").toBe(1);
  });
  await walk.check("the second step is turned off with password and code", async () => {
    await page.getByRole("button", { name: "停用" }).click();
    await page.fill("#password_again", walk.staff.password);
    await page.fill("#code", recovery[1]);
    await page.getByRole("dialog").getByRole("button", { name: "停用" }).click();
    await page.getByText("未设置", { exact: true }).waitFor();
    await walk.sign_in(who);
  });
}
