// What every walk shares: signing in, the checks and their count, pictures of pages.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { axe_faults, desk, phone, root, settle, sideways } from "./browser.mjs";

export const pictures = join(root, "build/e2e/screenshots");
mkdirSync(pictures, { recursive: true });

export class Walk {
  passed = 0;
  failed = 0;
  constructor(page, base, staff) {
    this.page = page;
    this.base = base;
    this.staff = staff;
  }

  async check(name, act) {
    try {
      await act();
      ++this.passed;
      console.log(`ok   ${name}`);
    } catch (error) {
      ++this.failed;
      console.log(`FAIL ${name}\n     ${String(error.message).split("\n").slice(0, 6).join("\n     ")}`);
      const file = `failed-${name.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60)}.png`;
      await this.page.screenshot({ path: join(pictures, file) }).catch(() => {});
    }
  }

  async go(path) {
    await this.page.goto(this.base + path);
    await settle(this.page);
  }

  async sign_in(user_name, password = this.staff.password) {
    await this.page.context().clearCookies();
    await this.go("/sign-in");
    await this.page.fill("#user_name", user_name);
    await this.page.fill("#password", password);
    await this.page.keyboard.press("Enter");
    await this.page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
    await settle(this.page);
  }

  // A page as this role sees it: on a desk and on a phone, in a picture, judged by axe.
  async look(name, path) {
    for (const [size, word] of [[desk, "desk"], [phone, "phone"]]) {
      await this.check(`${name} on a ${word}: nothing sticks out, axe finds nothing grave`, async () => {
        await this.page.setViewportSize(size);
        await this.go(path);
        await this.page.waitForTimeout(250);
        await this.page.screenshot({ path: join(pictures, `${name}-${word}.png`) });
        await this.page.screenshot({ path: join(pictures, `${name}-${word}-whole.png`), fullPage: true });
        expect(await sideways(this.page), "sticks out sideways").toBe("");
        const faults = await axe_faults(this.page);
        expect(faults.grave.join("\n"), "axe").toBe("");
        for (const light of faults.light) console.log(`     (axe, light) ${light}`);
      });
    }
    await this.page.setViewportSize(desk);
  }

  text(selector = "main") {
    return this.page.locator(selector).first().innerText();
  }
}

export function expect(value, what = "") {
  const fail = (wanted) => {
    throw new Error(`${what ? `${what}: ` : ""}got ${JSON.stringify(value)}, wanted ${wanted}`);
  };
  return {
    toBe: (other) => value === other || fail(JSON.stringify(other)),
    toMatch: (pattern) => pattern.test(value) || fail(String(pattern)),
    notToMatch: (pattern) => !pattern.test(value) || fail(`nothing like ${pattern}`),
    toBeAbove: (least) => value > least || fail(`more than ${least}`),
  };
}
