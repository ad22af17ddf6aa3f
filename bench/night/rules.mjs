// The shipped decision tables as SQL expressions: read from decisions/*.dmn each time, so that the
// peers of bench/night decide by the same rules. What a test, a cell or a formula may look like is
// only what those files use; anything else throws. Words (buckets, treatments …) are small numbers
// in SQL, as they are in Evenhand's own columns: `words` says which.
// A UNIQUE table is written as FIRST: that no two of its rows overlap is what `evenhand check` proves.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescape = (text) => text.replace(/&(#x?[0-9a-fA-F]+|\w+);/g, (_, name) => {
  if (name in ENTITIES) return ENTITIES[name];
  if (!name.startsWith('#')) throw new Error(`XML entity &${name};`);
  return String.fromCodePoint(name[1] === 'x' ? parseInt(name.slice(2), 16) : Number(name.slice(1)));
});

// Elements only: { tag, attributes, children, text }.
export function parse_xml(source) {
  const top = { tag: '', attributes: {}, children: [], text: '' }, open = [top];
  const pattern = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([\w:]+)((?:\s+[\w:]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/g;
  let end = 0;
  for (const match of source.matchAll(pattern)) {
    if (match.index !== end) throw new Error(`XML not understood at ${end}: ${source.slice(end, end + 40)}`);
    end = match.index + match[0].length;
    const [, closing, tag, attributes, empty, text] = match;
    if (text !== undefined) open.at(-1).text += unescape(text);
    if (!tag) continue;
    if (closing) {
      if (open.pop().tag !== tag) throw new Error(`XML: </${tag}> closes nothing`);
      continue;
    }
    const element = { tag, attributes: {}, children: [], text: '' };
    for (const [, name, quoted] of attributes.matchAll(/([\w:]+)\s*=\s*("[^"]*"|'[^']*')/g))
      element.attributes[name] = unescape(quoted.slice(1, -1));
    open.at(-1).children.push(element);
    if (!empty) open.push(element);
  }
  if (end !== source.length || open.length !== 1) throw new Error('XML ends too early');
  return top.children[0];
}

const all = (element, tag) => element.children.filter((child) => child.tag === tag);
const one = (element, tag) => all(element, tag)[0];
const text_of = (element) => one(element, 'text').text.trim();

// What a night decides by, but for allocation.
export const RULE_FILES = ['bucket.dmn', 'terms.dmn', 'payment_order.dmn', 'scorecard.dmn', 'risk_grade.dmn',
  'treatment.dmn', 'expected_net.dmn', 'priority.dmn'];
const KNOWN_HITS = ['UNIQUE', 'FIRST', 'COLLECT'];

export class Rules {
  constructor(folder, files) {
    this.words = [];           // by code
    this.codes = new Map();
    this.decisions = new Map(); // by name, in the order of the files
    for (const file of files) this.read(file, readFileSync(join(folder, file), 'utf8'));
    for (const { rules } of this.decisions.values())
      for (const text of rules?.flatMap((rule) => [...rule.tests, ...rule.outputs]) ?? [])
        for (const [, word] of text.matchAll(/"([^"]*)"/g)) this.code(word);
  }

  // The words of a database made before, by code: from now on no others.
  know(words) {
    this.words = words;
    this.codes = new Map(words.map((word, code) => [word, code]));
    Object.freeze(words);
  }

  code(word) {
    if (!this.codes.has(word)) {
      this.codes.set(word, this.words.length);
      this.words.push(word);
    }
    return this.codes.get(word);
  }

  read(file, source) {
    for (const element of all(parse_xml(source), 'decision')) {
      const name = element.attributes.name, literal = one(element, 'literalExpression');
      const table = one(element, 'decisionTable');
      if (literal) {
        this.decisions.set(name, { file, name, literal: text_of(literal) });
      } else if (table) {
        this.decisions.set(name, this.read_table(file, name, table));
      } else {
        throw new Error(`${file}: decision ${name} is neither a table nor a formula`);
      }
    }
  }

  read_table(file, name, table) {
    const hit = table.attributes.hitPolicy ?? 'UNIQUE';
    const sum = hit === 'COLLECT' && table.attributes.aggregation === 'SUM';
    if (!KNOWN_HITS.includes(hit) || (hit === 'COLLECT' && !sum))
      throw new Error(`${file}: ${name}: hit policy ${hit} ${table.attributes.aggregation ?? ''}`);
    const inputs = all(table, 'input').map((input) => {
      const text = text_of(one(input, 'inputExpression'));
      if (!/^\w+$/.test(text)) throw new Error(`${file}: ${name}: an input is not a name: ${text}`);
      return text;
    });
    const outputs = all(table, 'output').map((output) => {
      if (one(output, 'defaultOutputEntry')) throw new Error(`${file}: ${name}: a default output`);
      return output.attributes.name ?? name;
    });
    const rules = all(table, 'rule').map((rule) => ({
      tests: all(rule, 'inputEntry').map(text_of),
      outputs: all(rule, 'outputEntry').map(text_of),
    }));
    return { file, name, sum, inputs, outputs, rules };
  }

  table(name) {
    const table = this.decisions.get(name);
    if (!table?.rules) throw new Error(`no decision table ${name}`);
    return table;
  }

  // A cell of an output: a whole number, a word's code, or an amount of the account.
  value(text, input = (column) => column) {
    if (/^-?\d+$/.test(text)) return Number(text);
    if (/^[a-z_]+_fen$/.test(text)) return input(text);
    const word = /^"([^"\\]*)"$/.exec(text);
    if (!word) throw new Error(`an output that is neither a whole number nor a word: ${text}`);
    return this.code(word[1]);
  }

  // A unary test of an input as a condition; null where it always holds.
  test(text, input) {
    if (text === '-') return null;
    const not = /^not\((.*)\)$/s.exec(text);
    if (not) return `(${input} IS NULL OR NOT (${this.test(not[1], input)}))`;
    const parts = text.match(/"[^"]*"|[[(][^\])[]*[\])]|[^",[\]()]+/g).map((part) => part.trim())
      .filter((part) => part !== '' && part !== ',');
    if (parts.join('').replace(/\s/g, '') !== text.replace(/,/g, '').replace(/\s/g, ''))
      throw new Error(`a test not understood: ${text}`);
    if (parts.length > 1 && parts.every((part) => part.startsWith('"')))
      return `${input} IN (${parts.map((part) => this.value(part)).join(', ')})`;
    const conditions = parts.map((part) => this.simple_test(part, input));
    return conditions.length === 1 ? conditions[0] : `(${conditions.join(' OR ')})`;
  }

  simple_test(text, input) {
    const compared = /^(<=|>=|<|>)\s*(-?\d+)$/.exec(text);
    if (compared) return `${input} ${compared[1]} ${compared[2]}`;
    const range = /^([[(])(-?\d+)\.\.(-?\d+)([\])])$/.exec(text);
    if (range) {
      const [, from, low, high, to] = range;
      return `(${input} ${from === '[' ? '>=' : '>'} ${low} AND ${input} ${to === ']' ? '<=' : '<'} ${high})`;
    }
    if (/^"[^"]*"$/.test(text) || /^-?\d+$/.test(text)) return `${input} = ${this.value(text)}`;
    throw new Error(`a test not understood: ${text}`);
  }

  condition(table, rule, input) {
    const tests = rule.tests.map((text, i) => this.test(text, input(table.inputs[i])))
      .filter((test) => test !== null);
    return tests.length === 0 ? 'TRUE' : tests.join(' AND ');
  }

  // CASE over the rows; `give` says what of a rule (and its number, from 1). An output that is the
  // same for every row that is left needs no further test.
  case_of(table, input, give, otherwise = 'NULL') {
    const branches = table.rules.map((rule, i) =>
      ({ when: this.condition(table, rule, input), then: give(rule, i + 1) }));
    const always = branches.findIndex((branch) => branch.when === 'TRUE');
    const last = always < 0 ? otherwise : branches[always].then;
    const used = always < 0 ? branches : branches.slice(0, always);
    if (used.length === 0) return String(last);
    return `CASE ${used.map(({ when, then }) => `WHEN ${when} THEN ${then}`).join('\n    ')} ELSE ${last} END`;
  }

  // `input` turns an input's name into SQL.
  row_of(name, input = (column) => column) {
    return this.case_of(this.table(name), input, (_, number) => number);
  }
  output_of(name, output = name, input = (column) => column) {
    const table = this.table(name), at = table.outputs.indexOf(output);
    if (at < 0) throw new Error(`${name} gives no ${output}`);
    if (!table.sum) return this.case_of(table, input, (rule) => this.value(rule.outputs[at], input));
    return `(${table.rules.map((rule) => {
      const when = this.condition(table, rule, input), points = this.value(rule.outputs[at]);
      return when === 'TRUE' ? points : `CASE WHEN ${when} THEN ${points} ELSE 0 END`;
    }).join(' + ')})`;
  }
  // The same from the number of the row that fired.
  output_of_row(name, output, row) {
    const table = this.table(name), at = table.outputs.indexOf(output);
    return `CASE ${row} ${table.rules.map((rule, i) =>
      `WHEN ${i + 1} THEN ${this.value(rule.outputs[at])}`).join(' ')} END`;
  }
  rows_of(name) {
    return this.table(name).rules.map((rule, i) => [i + 1, ...rule.outputs.map((text) => this.value(text))]);
  }

  // What a name in a formula or an input stands for: a column (of `known`, or no decision), else
  // another decision, or one output of it (`table.output`), in brackets.
  resolve(known, input, div) {
    const of = (name) => {
      const [decision, output = decision] = name.split('.');
      if (known.includes(name) || !this.decisions.has(decision)) return input(name);
      return `(${this.decisions.get(decision).rules ? this.output_of(decision, output, of)
        : this.formula(decision, of, div)})`;
    };
    return of;
  }

  // A formula: whole numbers, names, + - *, min and max, and floor(product / whole number), which
  // `div` writes; what is divided is never negative in the shipped tables.
  formula(name, input = (column) => column, div) {
    const { literal } = this.decisions.get(name), misread = () => new Error(`${name}: a formula not understood: ${literal}`);
    const parts = literal.match(/[a-z_]\w*(?:\.\w+)?|\d+|[-+*/(),]|\s+/gi);
    if (parts.join('') !== literal) throw misread();
    let at = 0;
    const floor = (inner) => {
      const divided = /^([^\0]*) \0 (\d+)$/.exec(inner);
      let flat = divided?.[1] ?? '+';
      while (/\([^()]*\)/.test(flat)) flat = flat.replace(/\([^()]*\)/g, '1');
      if (/[-+]/.test(flat)) throw misread();
      return div(`(${divided[1]})`, divided[2]);
    };
    const read = () => {
      let sql = '';
      while (at < parts.length && parts[at] !== ')') {
        const part = parts[at++];
        if (part === '(' || part === 'floor') {
          if (part === 'floor') ++at;
          const inner = read();
          ++at;
          sql += part === 'floor' ? floor(inner) : `(${inner})`;
        } else {
          sql += { min: 'least', max: 'greatest', '/': '\0' }[part] ?? (/^[a-z_]/i.test(part) ? input(part) : part);
        }
      }
      return sql;
    };
    const sql = read();
    if (at < parts.length || sql.includes('\0')) throw misread();
    return sql;
  }

  // A score: <name>_base and every table <name>_*. Each table gives one number: how far its points
  // fall short of its best, then (of equals the first table wins) its place, then the reason's code.
  score(name, input = (column) => column) {
    const base = this.decisions.get(`${name}_base`);
    const tables = [...this.decisions.values()]
      .filter((one) => one.file === base.file && one.rules && one.name.startsWith(`${name}_`));
    if (tables.length > 255) throw new Error(`${name}: more tables than a key has room for`);
    let best_of_all = this.value(base.literal);
    const keys = tables.map((table, i) => {
      const points = table.outputs.indexOf('points'), reason = table.outputs.indexOf('reason');
      const best = Math.max(...table.rules.map((rule) => this.value(rule.outputs[points])));
      best_of_all += best;
      return this.case_of(table, input, (rule) => (best - this.value(rule.outputs[points])) * 2 ** 20 +
        (255 - i) * 2 ** 12 + this.value(rule.outputs[reason]));
    });
    const names = keys.map((_, i) => `${name}_key_${i}`), worst = `greatest(${names.join(', ')})`;
    return {
      names,
      keys,
      points: `${best_of_all} - (${names.map((key) => `(${key} >> 20)`).join(' + ')})`,
      reason: `CASE WHEN (${worst} >> 20) > 0 THEN ${worst} & 4095 END`,
    };
  }
}

// What the tables do not use must stop, not be guessed at.
export function prove_rules(rules) {
  const strange = [() => rules.test('< x', 'a'), () => rules.test('"a" or "b"', 'a'), () => rules.test('? > 3', 'a'),
    () => rules.test('[1..n]', 'a'), () => rules.test('date("2026-01-01")', 'a'), () => rules.test('1.5', 'a'),
    () => rules.value('1 + 1'), () => rules.value('null'), () => rules.output_of('no such table'),
    ...['a / 2', 'floor(a)', 'floor(a + b / 2)', 'floor(a / b)', 'a > b'].map((literal) => () => {
      const one = new Rules('', []);
      one.decisions.set('x', { literal });
      one.formula('x', (name) => name, (a, b) => `${a} / ${b}`);
    })];
  for (const one of strange) {
    try {
      one();
    } catch {
      continue;
    }
    throw new Error(`rules.mjs takes what it does not understand: ${one}`);
  }
}
