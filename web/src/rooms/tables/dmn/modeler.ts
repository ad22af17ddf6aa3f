// dmn-js as these pages use it: its diagram, tables and expressions, spoken in the page's language,
// with our table body, our findings in the cells and the table's own columns of notes. Imported by the
// editor page only, so nobody else loads it.
import Modeler from "dmn-js/lib/Modeler";
import SimpleModeButton from "dmn-js-decision-table/lib/features/simple-mode/components/SimpleModeButtonComponent";
import "dmn-js/dist/assets/dmn-font/css/dmn.css";
import "dmn-js/dist/assets/diagram-js.css";
import "dmn-js/dist/assets/dmn-js-shared.css";
import "dmn-js/dist/assets/dmn-js-drd.css";
import "dmn-js/dist/assets/dmn-js-decision-table.css";
import "dmn-js/dist/assets/dmn-js-decision-table-controls.css";
import "dmn-js/dist/assets/dmn-js-literal-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression-controls.css";
import "./modeler.css";
import type { Finding } from "@/api/tables";
import { language, t } from "@/words/words";
import { dmn_translate, translate_leftovers } from "./dmn_words";
import { Marks } from "./marks";
import { after_import, before_import, before_save, lost } from "./prepare";
import { flush, note_count, note_heads, pending, TableBody, type TableWords } from "./table_body";
import type { CommandStack, EventBus, Moddle, Modeler as Dmn, Sheet, View } from "./types";

interface Components {
  onGetComponent: (type: string, priority: number, choose: (about: { cellType?: string }) => unknown) => void;
}
function bodies(components: Components): void {
  components.onGetComponent("table.body", 2000, () => TableBody);
}
bodies.$inject = ["components"];
function notes(components: Components, sheet: Sheet): void {
  note_heads.forEach((head, index) => {
    components.onGetComponent("cell", 1000 - index, ({ cellType }) =>
      cellType === "after-label-cells" && index < note_count(sheet) ? head : undefined,
    );
  });
}
notes.$inject = ["components", "sheet"];

// dmn-js' helper button looks for the cell it stands at; in a windowed table that may not be drawn.
interface ButtonSelf {
  state: { selection?: { id: string } | null };
  renderer: { getContainer: () => HTMLElement };
}
const stand = SimpleModeButton.prototype.updatePosition;
SimpleModeButton.prototype.updatePosition = function (this: ButtonSelf): void {
  const id = this.state.selection?.id;
  if (id && !this.renderer.getContainer().querySelector(`[data-element-id="${CSS.escape(id)}"]`)) return;
  stand.call(this as never);
};

const table_words: TableWords = {
  cell: (head, note, row) =>
    t("editor.cell", {
      column: head ? (head.label ?? head.inputExpression?.text ?? head.name ?? "") : table_words.note_head(note),
      row,
    }),
  note_head: (index) => (index === 0 ? t("tables.annotation") : ""),
  add_row: () => t("editor.add_row"),
};

export interface Loaded {
  views: View[];
  lost: string[]; // what would be gone after a save; then only the text may be edited
}

export class TableEditor {
  readonly marks = new Marks();
  private readonly dmn: Dmn;
  private watcher?: MutationObserver;

  constructor(
    private readonly place: HTMLElement,
    on_change: () => void,
    on_view: (view: View | undefined) => void,
    on_gap: (finding: Finding) => void,
  ) {
    const own = [{ translate: ["value", dmn_translate(() => language.value)] }];
    const table = {
      __init__: ["ownBody", "annotationsProvider"],
      ownBody: ["type", bodies],
      annotationsProvider: ["type", notes],
      marks: ["value", this.marks],
      tableWords: ["value", table_words],
    };
    this.dmn = new Modeler({
      container: place,
      drd: { additionalModules: own },
      decisionTable: { additionalModules: [...own, table] },
      literalExpression: { additionalModules: own },
      boxedExpression: { additionalModules: own },
    });
    this.dmn.on("import.parse.complete", ((event: { error?: Error; definitions: Moddle }) => {
      if (event.error) return;
      const { ids } = event.definitions.$model as unknown as { ids: { claim: (id: string, of: Moddle) => void } };
      after_import(event.definitions, (id, element) => ids.claim(id, element));
    }) as never);
    this.dmn.on("viewer.created", (({ viewer }: { viewer: { on: (name: string, act: (event: never) => void) => void } }) => {
      viewer.on("commandStack.changed", on_change);
      viewer.on("gap.add", (event: { finding: Finding }) => on_gap(event.finding));
    }) as never);
    this.dmn.on("views.changed", ((event: { activeView?: View }) => on_view(event.activeView)) as never);
    this.speak();
  }

  // dmn-js says some words without asking; they are put right as they appear.
  private speak(): void {
    if (language.value !== "zh") return;
    translate_leftovers(this.place);
    this.watcher = new MutationObserver((changes) => {
      for (const change of changes) {
        for (const node of change.addedNodes) if (node instanceof Element && node.tagName !== "TR") translate_leftovers(node);
      }
    });
    this.watcher.observe(this.place, { childList: true, subtree: true });
  }

  async load(xml: string, view?: string): Promise<Loaded> {
    const { warnings } = await this.dmn.importXML(before_import(xml), { open: false });
    const views = this.dmn.getViews();
    const first =
      views.find((one) => one.element.name === view || one.id === view) ??
      [...views].reverse().find((one) => one.type === "decisionTable") ??
      views.find((one) => one.type === "literalExpression") ??
      views[0];
    if (first) await this.dmn.open(first);
    return { views, lost: lost(warnings) };
  }
  views(): View[] {
    return this.dmn.getViews();
  }
  async open(view: View): Promise<void> {
    flush();
    await this.dmn.open(view);
    if (view.type === "drd") this.get<{ zoom: (how: string, at: string) => void }>("canvas")?.zoom("fit-viewport", "auto");
  }
  view(): View | undefined {
    return this.dmn.getActiveView();
  }
  async xml(): Promise<string> {
    flush();
    return before_save((await this.dmn.saveXML({ format: true })).xml);
  }
  pending(): boolean {
    return pending.size > 0;
  }

  private get<T>(name: string): T | undefined {
    return this.dmn.getActiveViewer()?.get<T>(name, false);
  }
  sheet(): Sheet | undefined {
    return this.view()?.type === "decisionTable" ? this.get<Sheet>("sheet") : undefined;
  }
  stack(): CommandStack | undefined {
    return this.get<CommandStack>("commandStack");
  }
  undo(): void {
    flush();
    this.stack()?.undo();
  }
  redo(): void {
    flush();
    this.stack()?.redo();
  }
  remark(): void {
    this.get<EventBus>("eventBus")?.fire("marks.changed");
  }
  reveal(row: number, column = 0): void {
    this.get<EventBus>("eventBus")?.fire("table.reveal", { row: row - 1, column });
  }
  // A new row with these inputs, as one step that can be undone; the first result is left to the analyst.
  add_row(cells: string[], before?: number): number {
    const sheet = this.sheet();
    const modeling = this.get<import("./types").Modeling>("modeling");
    if (!sheet || !modeling) return 0;
    const at = before === undefined ? sheet.getRoot().rows.length : before - 1;
    const row = modeling.addRow({ type: "dmn:DecisionRule" }, at);
    row.cells.forEach((cell, index) => (cell.businessObject.text = cells[index] ?? ""));
    this.get<EventBus>("eventBus")?.fire("elements.changed", { elements: row.cells });
    return at + 1;
  }
  destroy(): void {
    this.watcher?.disconnect();
    flush();
    this.dmn.destroy();
  }
}
