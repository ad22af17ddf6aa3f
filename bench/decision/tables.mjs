// The tables that are measured, and the data they are asked about; each as DMN and as JDM. All
// numbers are whole, so that nothing depends on how an engine rounds.
import { readFileSync } from 'node:fs';

export function dice(seed) {  // xorshift32: the same everywhere
  let state = seed >>> 0 || 1;
  return (n) => {
    state ^= state << 13; state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5; state >>>= 0;
    return state % n;
  };
}

const text = (s) => s.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
const escaped = (s) => s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

// One decision table out of a .dmn file of ours.
function tableOf(xml, decision) {
  const body = xml.match(new RegExp(`<decision id="${decision}"[\\s\\S]*?</decision>`))[0];
  const cells = (part, tag) =>
    [...part.matchAll(new RegExp(`<${tag}[^>]*><text>([\\s\\S]*?)</text>`, 'g'))]
      .map((m) => text(m[1].trim()));
  return {
    hitPolicy: body.match(/hitPolicy="(\w+)"/)[1],
    inputs: [...body.matchAll(/<inputExpression[^>]*><text>([^<]*)</g)].map((m) => m[1]),
    outputs: [...body.matchAll(/<output id="[^"]*_out_([^"]*)"/g)].map((m) => m[1]),
    rules: [...body.matchAll(/<rule [\s\S]*?<\/rule>/g)].map((m) =>
      ({ inputs: cells(m[0], 'inputEntry'), outputs: cells(m[0], 'outputEntry') })),
  };
}

// A cell as zen writes it.
function zenCell(cell) {
  if (cell === '-') return '';
  const not = cell.match(/^not\((.*)\)$/);
  return not ? `$ not in [${not[1]}]` : cell;
}

function jdmTable(id, table) {
  return {
    id, name: id, type: 'decisionTableNode', position: { x: 0, y: 0 },
    content: {
      hitPolicy: 'first', passThrough: id !== 'last', passThorough: id !== 'last',
      inputs: table.inputs.map((field, i) => ({ id: `i${i}`, name: field, field })),
      outputs: table.outputs.map((field, i) => ({ id: `o${i}`, name: field, field })),
      rules: table.rules.map((rule, r) => Object.fromEntries([
        ['_id', `r${r}`],
        ...rule.inputs.map((cell, i) => [`i${i}`, zenCell(cell)]),
        ...rule.outputs.map((cell, i) => [`o${i}`, cell])])),
    },
  };
}

// Tables one after the other; the last gives the answer.
function jdm(tables) {
  const ends = (type) => ({ id: type, name: type, type, position: { x: 0, y: 0 } });
  const nodes = [ends('inputNode'),
    ...tables.map((table, i) => jdmTable(i + 1 === tables.length ? 'last' : `t${i}`, table)),
    ends('outputNode')];
  const edges = nodes.slice(1).map((node, i) =>
    ({ id: `e${i}`, type: 'edge', sourceId: nodes[i].id, targetId: node.id }));
  return { nodes, edges };
}

// The shipped strategy: decisions/treatment.dmn with the balance band it needs, as it stands.
export function shipped(file) {
  const xml = readFileSync(file, 'utf8');
  const band = tableOf(xml, 'balance_band');
  const treatment = tableOf(xml, 'treatment');
  const number = (name, draw) => ({ name, kind: 'number', draw });
  const often = (name, usual, percent) => {
    const values = words(name);
    return { name, kind: 'string', words: values,
      draw: (d) => d(100) < percent ? values.indexOf(usual) : d(values.length) };
  };
  function words(name) {
    const input = xml.match(new RegExp(`<input id="treatment_in_${name}"[\\s\\S]*?</input>`))[0];
    const values = input.match(/<inputValues><text>([\s\S]*?)<\/text>/)[1];
    return [...values.matchAll(/"([^"]+)"/g)].map((m) => m[1]);
  }
  return {
    name: 'shipped', model: file, decision: 'treatment',
    title: `decisions/treatment.dmn: ${treatment.rules.length} rows × ` +
      `${treatment.inputs.length} inputs, and ${band.rules.length} rows of balance_band`,
    jdm: jdm([band, treatment]), outputs: treatment.outputs,
    inputs: [often('status', 'open', 90), often('flag', 'none', 80), often('promise', 'none', 60),
      number('promise_days', (d) => d(20) - 10), number('broken_promises', (d) => d(5)),
      often('product', 'card', 30), often('bucket', 'M1', 20), number('dpd', (d) => d(240) - 10),
      number('due_in_days', (d) => d(40) - 1), often('grade', 'low', 10),
      often('approach', 'press', 10), number('contacts_7d', (d) => d(8)),
      number('overdue_fen', (d) => d(2_000_000)), number('balance_fen', (d) => d(8_000_000))],
  };
}

const listed = (words) => words.map((word) => `"${word}"`).join(', ');
const names = (letter, n) => Array.from({ length: n }, (_, i) => `${letter}${i}`);

// A strategy as a spreadsheet has it: a grid of products, regions, ages, grades and balances, with
// a twentieth of the rows above it that cut across, and a last row for the rest.
export function grid(name, rows, sizes) {
  const d = dice(rows);
  const [products, regions, bands, grades, balances] = sizes;
  const P = names('p', products), R = names('r', regions), G = names('g', grades);
  const dpd = (band) => `[${band * 15}..${band * 15 + 15})`;
  const balance = (b) => balances === 1 ? '-' : b === 0 ? '< 500000' : '>= 500000';
  const rules = [];
  const across = Math.floor(rows / 20);
  for (let i = 0; i < across; ++i) {
    const some = (all) => listed([all[d(all.length)], all[d(all.length)]]);
    rules.push([some(P), d(4) === 0 ? '-' : some(R), dpd(d(bands)), d(2) ? '-' : `"${G[d(grades)]}"`,
      d(3) ? '-' : `>= ${(1 + d(18)) * 50000}`, d(8) ? '-' : 'true']);
  }
  grid: for (const p of P) for (const r of R) for (let b = 0; b < bands; ++b)
    for (const g of G) for (let m = 0; m < balances; ++m) {
      if (rules.length === rows - 1) break grid;
      rules.push([`"${p}"`, `"${r}"`, dpd(b), `"${g}"`, balance(m), '-']);
    }
  while (rules.length < rows) rules.push(['-', '-', '-', '-', '-', '-']);
  return made(name, rows, rules, [
    { name: 'product', kind: 'string', words: P, draw: (q) => q(P.length) },
    { name: 'region', kind: 'string', words: R, draw: (q) => q(R.length) },
    { name: 'dpd', kind: 'number', draw: (q) => q(bands * 15 + 15) },
    { name: 'grade', kind: 'string', words: G, draw: (q) => q(G.length) },
    { name: 'balance', kind: 'number', draw: (q) => q(1_000_000) },
    { name: 'hardship', kind: 'boolean', draw: (q) => q(20) === 0 ? 1 : 0 }],
  'a grid with rows that cut across');
}

// Rows that overlap at random: the worst a table can be.
export function overlapping(name, rows) {
  const d = dice(rows + 7);
  const P = names('p', 12), R = names('r', 30), G = names('g', 6);
  const range = (n, step) => {
    const low = d(n), width = 1 + d(Math.ceil(n / 6));
    return `[${low * step}..${(low + width) * step})`;
  };
  const rules = [];
  for (let i = 0; i + 1 < rows; ++i) {
    rules.push([listed([P[d(12)], P[d(12)]]), listed([R[d(30)], R[d(30)], R[d(30)]]), range(60, 4),
      d(3) ? listed([G[d(6)], G[d(6)]]) : '-', range(40, 25000), d(10) ? '-' : 'true']);
  }
  rules.push(['-', '-', '-', '-', '-', '-']);
  return made(name, rows, rules, [
    { name: 'product', kind: 'string', words: P, draw: (q) => q(12) },
    { name: 'region', kind: 'string', words: R, draw: (q) => q(30) },
    { name: 'dpd', kind: 'number', draw: (q) => q(260) },
    { name: 'grade', kind: 'string', words: G, draw: (q) => q(6) },
    { name: 'balance', kind: 'number', draw: (q) => q(1_100_000) },
    { name: 'hardship', kind: 'boolean', draw: (q) => q(20) === 0 ? 1 : 0 }],
  'rows that overlap at random');
}

function made(name, rows, cells, inputs, what) {
  const rules = cells.map((row, i) =>
    ({ inputs: row, outputs: [`"S${i % 40}"`, String(i % 1000)] }));
  const table = { inputs: inputs.map((input) => input.name), outputs: ['segment', 'priority'], rules };
  return { name, decision: 'segment', title: `${rows} rows × ${inputs.length} inputs, ${what}`,
    inputs, outputs: table.outputs, jdm: jdm([table]), xml: dmn(table, inputs) };
}

function dmn(table, inputs) {
  const cell = (tag, content) => `<${tag}><text>${escaped(content)}</text></${tag}>`;
  const data = inputs.map((i) => `<inputData id="in_${i.name}" name="${i.name}">` +
    `<variable name="${i.name}" typeRef="${i.kind}"/></inputData>`);
  const needs = inputs.map((i) =>
    `<informationRequirement><requiredInput href="#in_${i.name}"/></informationRequirement>`);
  return '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="bench" ' +
    `namespace="urn:bench">\n${data.join('\n')}\n<decision id="segment" name="segment">` +
    `<variable name="segment"/>${needs.join('')}\n<decisionTable hitPolicy="FIRST">` +
    inputs.map((i) => `<input><inputExpression typeRef="${i.kind}"><text>${i.name}</text>` +
      '</inputExpression></input>').join('') +
    '<output name="segment" typeRef="string"/><output name="priority" typeRef="number"/>\n' +
    table.rules.map((rule) => `<rule>${rule.inputs.map((c) => cell('inputEntry', c)).join('')}` +
      `${rule.outputs.map((c) => cell('outputEntry', c)).join('')}</rule>`).join('\n') +
    '\n</decisionTable></decision></definitions>\n';
}
