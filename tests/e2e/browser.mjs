// Chromium, one page at a time: signing in, looking, and what axe says of what is shown.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, "../..");
// The browser driver and axe are the pages' own development packages.
const need = createRequire(join(root, "web/package.json"));
const { chromium } = need("playwright-core");
const axe_source = readFileSync(need.resolve("axe-core/axe.min.js"), "utf8");

export const desk = { width: 1366, height: 768 };
export const phone = { width: 390, height: 844 };

export async function open_browser() {
  const profile = mkdtempSync(join(tmpdir(), "evenhand-e2e-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    viewport: desk,
    locale: "zh-CN",
    timezoneId: "America/New_York", // pages must show China's time wherever the browser is
    acceptDownloads: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(15_000);
  const problems = [];
  page.on("pageerror", (error) => problems.push(`page error: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    // A refused request is the test's to judge; a broken policy or a script fault is always a fault.
    if (message.type() === "error" && !/status of 4\d\d/.test(text)) problems.push(`console: ${text}`);
  });
  const stop_watching = keep_drawing(context, page, problems);
  const close = async () => {
    stop_watching();
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  };
  return { page, context, problems, close };
}

// Once, in the middle of a run, pages answered and no tab drew a frame any more: every picture and every
// wait for a frame timed out. Why is not known; Chromium's drawing process (called GPU without one too),
// stopped by hand, shows the very same, headless Chromium does not notice, and ended it is started again
// and all goes on. So it is ended, and that is said. The same page a second time is a fault.
function keep_drawing(context, page, problems) {
  const patience = 6_000;
  const stalled = new Set();
  let timer;
  const draws = () =>
    page.evaluate(
      (wait) =>
        new Promise((say) => {
          requestAnimationFrame(() => say(true));
          setTimeout(() => say(document.visibilityState !== "visible"), wait); // hidden, it need not draw
        }),
      patience,
    );
  const watch = async () => {
    // A page that is busy, or on its way to another, says nothing: that is for the walk to judge.
    if ((await draws().catch(() => true)) === false) {
      const at = new URL(page.url()).pathname;
      const said = `Chromium drew nothing for ${patience / 1000} s on ${at}`;
      console.log(`     (${said}: its drawing process is begun anew)`);
      if (stalled.has(at)) problems.push(`${said}, again`);
      stalled.add(at);
      await redraw(context).catch((error) => problems.push(`${said}; ${error.message}`));
    }
    if (timer) timer = setTimeout(watch, 1_000);
  };
  timer = setTimeout(watch, 1_000);
  return () => {
    clearTimeout(timer);
    timer = undefined;
  };
}

async function redraw(context) {
  const browser = await context.browser().newBrowserCDPSession();
  const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
  const drawing = processInfo.find((one) => one.type === "GPU");
  if (drawing) process.kill(drawing.id, "SIGKILL");
  await browser.detach();
}

export async function settle(page) {
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => !document.querySelector(".state .lines"));
}

// Faults that keep somebody out: serious and critical ones.
export async function axe_faults(page) {
  // Evaluated by the driver, so the page's own policy against foreign scripts stays as it is.
  await page.evaluate(`${axe_source}; window.axe = axe;`);
  const result = await page.evaluate(() =>
    window.axe.run(document, {
      resultTypes: ["violations"],
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    }),
  );
  const grave = result.violations.filter((one) => ["serious", "critical"].includes(one.impact));
  const text = (one) =>
    `${one.id} (${one.impact}): ${one.nodes
      .slice(0, 3)
      .map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`)
      .join(" | ")}`;
  return {
    grave: grave.map(text),
    light: result.violations.filter((one) => !grave.includes(one)).map(text),
  };
}

// Whether the window would have to be moved sideways to see the page, and what sticks out.
export async function sideways(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return "";
    const out = [...document.querySelectorAll("main *")].find(
      (one) => one.getBoundingClientRect().right > width + 1 && !one.closest(".scroll-x"),
    );
    return out ? `${out.tagName}.${out.className}` : "the page";
  });
}

// A box for a missing glyph has one width and one look; two different characters must differ.
export async function chinese_renders(page) {
  return page.evaluate(() => {
    const draw = (text) => {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = 40;
      const pen = canvas.getContext("2d");
      pen.font = `32px ${getComputedStyle(document.body).fontFamily}`;
      pen.fillText(text, 2, 34);
      return canvas.toDataURL();
    };
    const seen = new Set([..."衡收催还款逾期本息"].map(draw));
    return seen.size === 9 && !seen.has(draw("\u{10ffff}"));
  });
}
