// The cases of a test that is a script: each is said as it ends and counted, and the last line is the
// one ./test counts by. Used by vault, secrets, signin and parquet; kills times its own.
let [passed, failed] = [0, 0];

export const must = (holds, what) => { if (!holds) throw new Error(what); };

// `act` may give something to say of a case that held. Whether it held.
export async function check(name, act) {
  try {
    const said = await act();
    passed++;
    console.log(`ok      ${name}${said ? `: ${said}` : ''}`);
    return true;
  } catch (error) {
    broke(name, error);
    return false;
  }
}

// Something outside any case went wrong.
export function broke(what, error) {
  failed++;
  console.log(`FAILED  ${what}\n        ${error.stack.split('\n').join('\n        ')}`);
}

export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 || passed === 0 ? 1 : 0);
}
