// Who may sign in: read from what `evenhand user demo` printed, and from the team's day who of them
// has work.
export function read_staff(text) {
  const rows = text.split("\n").map((line) => line.split("\t")).filter((row) => row.length >= 4);
  const of = (role) => rows.filter((row) => row[1] === role).map((row) => row[0]);
  const password = /^password of all of them: (\S+)$/m.exec(text)?.[1];
  if (!password) throw new Error(`no password in: ${text}`);
  const names = Object.fromEntries(rows.map((row) => [row[0], row[3]]));
  return { password, names, lead: of("lead")[0], manager: of("lead").at(-1), analyst: of("analyst")[0], analyst2: of("analyst")[1], admin: of("admin")[0] };
}

// The collector with the most cases, another one who has some, and one of the first lead's team.
export async function choose_collectors(base, staff) {
  const signed = await fetch(`${base}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user_name: staff.admin, password: staff.password }),
  });
  if (!signed.ok) throw new Error(`the admin cannot sign in: ${await signed.text()}`);
  const cookie = signed.headers.getSetCookie().map((one) => one.split(";")[0]).join("; ");
  const day = await (await fetch(`${base}/api/v1/team-day`, { headers: { cookie } })).json();
  const busy = day.collectors.filter((one) => one.cases > 3 && /^(early|middle|late)$/.test(one.team)).sort((a, b) => b.cases - a.cases);
  if (busy.length < 2) throw new Error(`fewer than two collectors have work: ${JSON.stringify(day)}`);
  // The first lead leads the team `early`, the last one, of no team, all of them.
  const early = busy.find((one) => one.team === "early")?.user_name;
  return { ...staff, collector: busy[0].user_name, stranger: busy[1].user_name, early };
}
