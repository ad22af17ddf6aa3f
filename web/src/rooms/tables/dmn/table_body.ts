// The body of a decision table inside dmn-js: its own draws every row and rebuilds a cell's tree on
// every keystroke. Here only the rows in sight are drawn once a table is long, and a keystroke touches
// nothing but the text of its cell; the model learns of it when the typist pauses, leaves or saves.
// Everything goes through dmn-js' own modeling, so undo, copying and dragging stay as they are.
import type { Finding } from "@/api/tables";
import { Component, createComponentVNode, createVNode, type VNode } from "inferno";
import { Cell } from "table-js/lib/components";
import { row_for, type Marks } from "./marks";
import type { EventBus, Modeling, Moddle, Sheet, SheetCell, SheetCol, SheetRow } from "./types";

const element = 1; // inferno's flag for an HTML element; 2 is a class component
const component = 2;
export const windowed_from = 80; // rows; shorter tables are drawn whole and wrap their text
const row_px = 31;
const spare = 14; // rows drawn above and below the window, so that arrows and Enter have somewhere to go
const pause_ms = 250;

interface Context {
  injector: { get: <T>(name: string, strict?: boolean) => T };
  components: { getComponents: (type: string, about: unknown) => unknown[] };
  changeSupport: {
    onElementsChanged: (id: string, act: () => void) => void;
    offElementsChanged: (id: string, act: () => void) => void;
  };
}
interface CellProps {
  cell?: SheetCell;
  row: SheetRow;
  col?: SheetCol;
  at: number;
  column: number;
  note?: number;
}

export const pending = new Set<() => void>(); // what was typed and the model does not know yet
export function flush(): void {
  for (const commit of [...pending]) commit();
}

function note_text(row: SheetRow, index: number): string {
  const rule = row.businessObject;
  return rule.annotationEntry?.[index]?.text ?? (index === 0 ? (rule.description ?? "") : "");
}

// A note lives where the table says it does: in the entry under its heading, or, in a table without
// such headings, in the rule's description, as dmn-js has it.
function write_note(modeling: Modeling, table: Moddle, row: SheetRow, index: number, text: string): void {
  const rule = row.businessObject;
  const heads = table.annotation?.length ?? 0;
  if (!heads) return modeling.updateProperties(rule, { description: text });
  const old = rule.annotationEntry ?? [];
  const entries = Array.from({ length: Math.max(heads, old.length) }, (_, at) => {
    if (at !== index && old[at]) return old[at];
    const made = rule.$model.create("dmn:RuleAnnotation", { text: at === index ? text : "" });
    made.$parent = rule;
    return made;
  });
  modeling.updateProperties(rule, { annotationEntry: entries });
}

class CellField extends Component<CellProps> {
  declare context: Context;
  private node?: HTMLElement;
  private typed?: string;
  private timer = 0;
  private watched: string[] = [];

  private get text(): string {
    const { cell, row, note } = this.props as CellProps;
    return cell ? (cell.businessObject.text ?? "") : note_text(row, note ?? 0);
  }
  private commit = (): void => {
    window.clearTimeout(this.timer);
    pending.delete(this.commit);
    const text = this.typed;
    this.typed = undefined;
    if (text === undefined || text === this.text) return;
    const { cell, row, note } = this.props as CellProps;
    const modeling = this.context.injector.get<Modeling>("modeling");
    if (cell) modeling.editCell(cell.businessObject, text);
    else write_note(modeling, this.context.injector.get<Sheet>("sheet").getRoot().businessObject, row, note ?? 0, text);
  };
  private changed = (): void => this.forceUpdate();
  private on_input = (): void => {
    this.typed = (this.node?.textContent ?? "").replace(/\n$/, "");
    pending.add(this.commit);
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(this.commit, pause_ms);
  };
  private on_key = (event: KeyboardEvent): void => {
    const command = event.ctrlKey || event.metaKey;
    if (command && ["z", "y", "Z", "s"].includes(event.key)) this.commit();
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    if (!command) return this.commit();
    event.stopPropagation();
    document.execCommand("insertText", false, "\n");
  };
  componentWillMount(): void {
    const { cell, row } = this.props as CellProps;
    this.watched = cell ? [cell.id] : [row.id];
    for (const id of this.watched) this.context.changeSupport.onElementsChanged(id, this.changed);
  }
  componentDidMount(): void {
    this.show();
  }
  componentDidUpdate(): void {
    if (this.node && this.typed === undefined && this.node.textContent !== this.text) {
      this.show();
    }
  }
  // Always a text node, also an empty one: dmn-js puts the caret into the first child.
  private show(): void {
    this.node?.replaceChildren(document.createTextNode(this.text));
  }
  componentWillUnmount(): void {
    for (const id of this.watched) this.context.changeSupport.offElementsChanged(id, this.changed);
    this.commit();
  }
  render(): VNode {
    const { cell, row, col, at, column, note } = this.props as CellProps;
    const about = this.context.injector.get<TableWords>("tableWords");
    const marks = this.context.injector.get<Marks>("marks");
    const mark = col && marks.cell(at, col);
    const kind = !cell ? "annotation" : cell.businessObject.$type === "dmn:UnaryTests" ? "input-cell" : "output-cell";
    const empty = kind === "input-cell" && ["", "-"].includes(this.text.trim()) ? " any" : "";
    return createComponentVNode(component, Cell as never, {
      className: `${kind}${empty}${mark ? ` mark-${mark.severity}` : ""}`,
      elementId: cell ? cell.id : `${row.id}~${note}`,
      coords: `${at}:${column}`,
      "data-row-id": row.id,
      "data-col-id": col?.id ?? `note-${note}`,
      title: mark?.says,
      children: createVNode(element, "div", "content-editable", null, 1, {
        contentEditable: "plaintext-only",
        tabIndex: 0,
        spellCheck: false,
        role: "textbox",
        "aria-multiline": "true",
        "aria-invalid": mark?.severity === "error" ? "true" : undefined,
        "aria-label": about.cell(col ? col.businessObject : undefined, note ?? 0, at + 1),
        onInput: this.on_input,
        onBlur: this.commit,
        onkeydown: this.on_key,
      }, null, (node: Element | null) => (this.node = (node as HTMLElement | null) ?? undefined)),
    });
  }
}

export interface TableWords {
  cell: (head: Moddle | undefined, note: number, row: number) => string;
  note_head: (index: number) => string;
  add_row: () => string;
}

interface RowProps {
  row: SheetRow;
  at: number;
  cols: SheetCol[];
  notes: number;
  stamp: string;
}
class Row extends Component<RowProps> {
  declare context: Context;
  // Scrolling draws what comes into sight; the rows that stay are left alone.
  shouldComponentUpdate(next: RowProps): boolean {
    const now = this.props as RowProps;
    return next.row !== now.row || next.at !== now.at || next.stamp !== now.stamp;
  }
  render(): VNode {
    const { row, at, cols, notes } = this.props as RowProps;
    const before = this.context.components.getComponents("cell", { cellType: "before-rule-cells", row, rowIndex: at });
    const mark = this.context.injector.get<Marks>("marks").row(at);
    const cells = row.cells.map((cell, column) =>
      createComponentVNode(component, CellField, { cell, row, col: cols[column], at, column }, cell.id),
    );
    const written = Array.from({ length: notes }, (_, note) =>
      createComponentVNode(component, CellField, { row, at, column: cols.length + note, note }, `${row.id}~${note}`),
    );
    const first = before.map((one, index) =>
      createComponentVNode(component, one as never, { row, rowIndex: at, cellType: "before-rule-cells" }, `b${index}`),
    );
    return createVNode(element, "tr", mark ? `row-mark row-${mark.severity}` : null, [...first, ...cells, ...written], 0, {
      "aria-rowindex": at + 2,
      title: mark?.says,
    });
  }
}

// A case that no row takes, written where its row would stand; a press makes that row.
interface GhostProps {
  finding: Finding;
  notes: number;
}
class Ghost extends Component<GhostProps> {
  declare context: Context;
  render(): VNode {
    const { finding, notes } = this.props as GhostProps;
    const { injector } = this.context;
    const words = injector.get<TableWords>("tableWords");
    const add = (): void => injector.get<EventBus>("eventBus").fire("gap.add", { finding });
    const cells = row_for(finding, injector.get<Sheet>("sheet")).map((text, index) =>
      createVNode(element, "td", "ghost-cell", text, 0, null, `g${index}`),
    );
    const button = createVNode(element, "button", "ghost-add", "+", 0, { type: "button", onClick: add, title: words.add_row(), "aria-label": words.add_row() });
    const first = createVNode(element, "td", "rule-index", button, 2, null, "first");
    const says = createVNode(element, "td", "ghost-says", injector.get<Marks>("marks").text(finding), 0, { colSpan: notes }, "says");
    return createVNode(element, "tr", `ghost ghost-${finding.severity}`, [first, ...cells, says], 8, { title: injector.get<Marks>("marks").text(finding) });
  }
}

interface BodyProps {
  rows: SheetRow[];
  cols: SheetCol[];
}
export class TableBody extends Component<BodyProps, { from: number; to: number }> {
  declare context: Context;
  private node?: HTMLElement;
  private box?: HTMLElement | null;
  private asked = 0;
  private watcher?: ResizeObserver;
  private turn = 0;
  state = { from: 0, to: 60 };

  private look = (): void => {
    if (this.asked) return;
    this.asked = window.requestAnimationFrame(() => {
      this.asked = 0;
      if (!this.box) return;
      const rows = (this.props as BodyProps).rows.length;
      const first = Math.floor(this.box.scrollTop / row_px) - spare;
      const last = Math.ceil((this.box.scrollTop + this.box.clientHeight) / row_px) + spare;
      const from = Math.max(0, Math.min(first, rows - 1));
      const to = Math.min(rows, last);
      if (from !== this.state!.from || to !== this.state!.to) this.setState({ from, to });
    });
  };
  private remark = (): void => this.forceUpdate();
  componentWillReceiveProps(): void {
    ++this.turn; // the table itself changed: rows, columns or their order
  }
  // Brings a row into sight, drawn or not.
  private reveal = ({ row, column }: { row: number; column?: number }): void => {
    if (!this.box) return;
    const rows = (this.props as BodyProps).rows;
    if (rows.length >= windowed_from) {
      this.box.scrollTop = Math.max(0, row * row_px - this.box.clientHeight / 2 + row_px);
      this.look();
    }
    const go = (tries: number): void => {
      const cell = this.node?.querySelector<HTMLElement>(`[data-coords="${row}:${column ?? 0}"] .content-editable`);
      if (!cell && tries) return void window.requestAnimationFrame(() => go(tries - 1));
      cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
      cell?.focus({ preventScroll: true });
    };
    window.requestAnimationFrame(() => go(4));
  };
  componentDidMount(): void {
    this.box = this.node?.closest<HTMLElement>(".tjs-table-container");
    this.box?.addEventListener("scroll", this.look, { passive: true });
    if (this.box) {
      this.watcher = new ResizeObserver(this.look);
      this.watcher.observe(this.box);
    }
    const bus = this.context.injector.get<EventBus>("eventBus");
    bus.on("marks.changed", this.remark);
    bus.on("table.reveal", this.reveal as never);
    this.look();
  }
  componentWillUnmount(): void {
    this.watcher?.disconnect();
    this.box?.removeEventListener("scroll", this.look);
    const bus = this.context.injector.get<EventBus>("eventBus");
    bus.off("marks.changed", this.remark);
    bus.off("table.reveal", this.reveal as never);
  }
  private ghosts(notes: number): VNode[] {
    const gaps = this.context.injector.get<Marks>("marks").gaps();
    return gaps.map((finding, index) => createComponentVNode(component, Ghost, { finding, notes }, `ghost${index}`));
  }
  render(): VNode {
    const { rows, cols } = this.props as BodyProps;
    const notes = note_count(this.context.injector.get<Sheet>("sheet"));
    const windowed = rows.length >= windowed_from;
    const from = windowed ? Math.min(this.state!.from, Math.max(0, rows.length - 1)) : 0;
    const to = windowed ? Math.min(rows.length, Math.max(this.state!.to, from + 1)) : rows.length;
    const stamp = `${this.turn}.${this.context.injector.get<Marks>("marks").stamp}`;
    const drawn = rows.slice(from, to).map((row, index) =>
      createComponentVNode(component, Row, { row, at: from + index, cols, notes, stamp }, row.id),
    );
    const gap = (key: string, count: number) =>
      createVNode(element, "tr", "gap-row", createVNode(element, "td", null, null, 1, {
        colSpan: cols.length + notes + 1,
        style: { height: `${count * row_px}px` },
      }), 2, { "aria-hidden": "true" }, key);
    const below = to < rows.length ? [gap("below", rows.length - to)] : this.ghosts(notes);
    const inside = [...(from ? [gap("above", from)] : []), ...drawn, ...below];
    return createVNode(element, "tbody", windowed ? "windowed" : null, inside, 8, null, null, (node: Element | null) => {
      this.node = (node as HTMLElement | null) ?? undefined;
    });
  }
}

// The heading of a column of notes, by the name the table gives it.
export const notes_max = 6;
export function note_count(sheet: Sheet): number {
  const table = sheet.getRoot().businessObject as Moddle | undefined;
  return Math.min(notes_max, Math.max(1, table?.annotation?.length ?? 0));
}
function note_head(index: number): unknown {
  return function NoteHead(_props: unknown, context: Context): VNode {
    const words = context.injector.get<TableWords>("tableWords");
    const table = context.injector.get<Sheet>("sheet").getRoot().businessObject;
    const name = table.annotation?.[index]?.name || words.note_head(index);
    return createVNode(element, "th", "annotation header", name, 0);
  };
}
export const note_heads = Array.from({ length: notes_max }, (_, index) => note_head(index));
