// The pages walked as the people who use them do. See tests/e2e/run.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { chinese_renders, open_browser } from "./browser.mjs";
import { walk_collector } from "./collector.mjs";
import { walk_compliance } from "./compliance.mjs";
import { walk_life } from "./life.mjs";
import { walk_looks } from "./looks.mjs";
import { walk_wording } from "./wording.mjs";
import { walk_experiment } from "./experiment.mjs";
import { make_house, serve } from "./house.mjs";
import { walk_admin, walk_analyst, walk_lead, walk_night, walk_stranger } from "./others.mjs";
import { walk_approval } from "./approval.mjs";
import { walk_rights } from "./rights.mjs";
import { walk_security } from "./security.mjs";
import { walk_staff_file } from "./staff_file.mjs";
import { choose_collectors, read_staff } from "./staff.mjs";
import { expect, pictures, Walk } from "./walk.mjs";

const given = process.argv[2];
if (!given && process.env.EVENHAND_BIN && !existsSync(process.env.EVENHAND_BIN)) {
  console.error(`no program at ${process.env.EVENHAND_BIN}`);
  process.exit(2);
}
const house = given ? undefined : make_house(2000);
let server = house ? await serve(house.data, "10:00:00") : { base: given, stop: async () => {} };
const printed = house ? house.staff : readFileSync(process.env.EVENHAND_E2E_PASSWORDS, "utf8");
const staff = await choose_collectors(server.base, read_staff(printed));
const { page, problems, close } = await open_browser();
const walk = new Walk(page, server.base, staff);
walk.pictures = pictures;
const seen = { pictures };
try {
  await walk.check("Chinese characters are drawn, not boxes", async () => {
    await walk.go("/sign-in");
    expect(await chinese_renders(page)).toBe(true);
  });
  await walk.look("sign-in", "/sign-in");
  await walk_collector(walk, seen);
  await walk_looks(walk, seen);
  await walk_stranger(walk, seen);
  await walk_lead(walk, seen);
  await walk_analyst(walk, seen);
  await walk_experiment(walk, "analyst", "analyst2", seen.case_path);
  await walk_wording(walk, seen);
  await walk_security(walk);
  await walk_approval(walk, seen);
  await walk_admin(walk);
  if (house) await walk_rights(walk, seen, house);
  await walk_compliance(walk, seen);
  if (house) {
    await walk_staff_file(walk);
    await server.stop();
    server = await serve(house.data, "22:30:00");
    walk.base = server.base;
    await walk_night(walk, seen);
    await server.stop();
    await walk_life(walk);
    server = { stop: async () => {} };
  }
  await walk.check("no script fault, no broken content policy", async () => {
    expect([...new Set(problems)].join("\n")).toBe("");
  });
} finally {
  await close();
  await server.stop();
  house?.remove();
}
const result = { passed: walk.passed, failed: walk.failed, skipped: 0 };
if (process.env.EVENHAND_RESULTS_FILE) writeFileSync(process.env.EVENHAND_RESULTS_FILE, JSON.stringify(result));
console.log(`screenshots in ${pictures}`);
console.log(`${walk.passed} passed, ${walk.failed} failed`);
process.exit(walk.failed ? 1 : 0);
