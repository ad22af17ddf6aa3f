// The parts of dmn-js, its tables and its model that these pages touch.
export interface Moddle {
  $type: string;
  $parent?: Moddle;
  id?: string;
  name?: string;
  label?: string;
  text?: string;
  description?: string;
  typeRef?: string;
  hitPolicy?: string;
  input?: Moddle[];
  output?: Moddle[];
  rule?: Moddle[];
  annotation?: Moddle[];
  inputEntry?: Moddle[];
  outputEntry?: Moddle[];
  annotationEntry?: Moddle[];
  inputExpression?: Moddle;
  decisionLogic?: Moddle;
  encapsulatedLogic?: Moddle;
  drgElement?: Moddle[];
  dmnDI?: Moddle;
  diagrams?: Moddle[];
  diagramElements?: Moddle[];
  informationRequirement?: Moddle[];
  knowledgeRequirement?: Moddle[];
  authorityRequirement?: Moddle[];
  requiredInput?: { href: string };
  requiredDecision?: { href: string };
  requiredKnowledge?: { href: string };
  requiredAuthority?: { href: string };
  $model: { create: (type: string, attrs?: Record<string, unknown>) => Moddle };
  get: (name: string) => unknown;
}

export interface SheetCell {
  id: string;
  businessObject: Moddle;
  row: SheetRow;
}
export interface SheetRow {
  id: string;
  cells: SheetCell[];
  businessObject: Moddle;
}
export interface SheetCol {
  id: string;
  businessObject: Moddle;
}
export interface Sheet {
  getRoot: () => { id: string; rows: SheetRow[]; cols: SheetCol[]; businessObject: Moddle };
}
export interface EventBus {
  on: (event: string, act: (event: never) => void) => void;
  off: (event: string, act: (event: never) => void) => void;
  fire: (event: string, data?: unknown) => void;
}
export interface Modeling {
  addRow: (attrs: { type: string }, index?: number) => SheetRow;
  editCell: (cell: Moddle, text: string) => void;
  updateProperties: (element: Moddle, properties: Record<string, unknown>) => void;
}
export interface CommandStack {
  undo: () => void;
  redo: () => void;
  canUndo: () => boolean;
  canRedo: () => boolean;
}
export interface View {
  id: string;
  name?: string;
  type: "drd" | "decisionTable" | "literalExpression" | "boxedExpression";
  element: Moddle;
}
export interface Viewer {
  get: <T>(service: string, strict?: boolean) => T;
}
export interface Modeler {
  importXML: (xml: string, options?: { open: boolean }) => Promise<{ warnings: { message: string }[] }>;
  saveXML: (options?: { format?: boolean }) => Promise<{ xml: string }>;
  open: (view: View) => Promise<unknown>;
  getViews: () => View[];
  getActiveView: () => View | undefined;
  getActiveViewer: () => Viewer | undefined;
  getDefinitions: () => Moddle;
  attachTo: (node: HTMLElement) => void;
  destroy: () => void;
  on: (event: string, act: (event: never) => void) => void;
}
