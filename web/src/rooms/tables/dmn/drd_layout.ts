// A first drawing for a model that has none: what depends on nothing at the bottom, each decision a
// floor above the highest thing it needs.
import type { Moddle } from "./types";

const width = 180;
const floor = 150;
const gap = 40;
const heights: Record<string, number> = { "dmn:InputData": 45, "dmn:BusinessKnowledgeModel": 46, "dmn:KnowledgeSource": 63 };
const height_of = (element: Moddle): number => heights[element.$type] ?? 80;

interface Need {
  requirement: Moddle;
  from: string;
}
function needs_of(element: Moddle): Need[] {
  const of = (requirement: Moddle): Need[] => {
    const target =
      requirement.requiredInput ?? requirement.requiredDecision ?? requirement.requiredKnowledge ?? requirement.requiredAuthority;
    return target ? [{ requirement, from: target.href.replace(/^.*#/, "") }] : [];
  };
  return [
    ...(element.informationRequirement ?? []),
    ...(element.knowledgeRequirement ?? []),
    ...(element.authorityRequirement ?? []),
  ].flatMap(of);
}

export function floors(elements: Moddle[]): Map<string, number> {
  const by_id = new Map(elements.map((one) => [one.id ?? "", one]));
  const done = new Map<string, number>();
  const level = (id: string, under: Set<string>): number => {
    const known = done.get(id);
    if (known !== undefined) return known;
    const element = by_id.get(id);
    if (!element || under.has(id)) return 0;
    const below = needs_of(element).filter((need) => by_id.has(need.from));
    const high = below.length ? 1 + Math.max(...below.map((need) => level(need.from, new Set(under).add(id)))) : 0;
    done.set(id, high);
    return high;
  };
  for (const id of by_id.keys()) level(id, new Set());
  return done;
}

export function lay_out(definitions: Moddle): void {
  const create = definitions.$model.create.bind(definitions.$model);
  const elements = (definitions.drgElement ?? []).filter((one) => one.id);
  const high = floors(elements);
  const top = Math.max(0, ...high.values());
  const places = new Map<string, { x: number; y: number; width: number; height: number }>();
  const most = Math.max(1, ...[...high.values()].map((one) => [...high.values()].filter((other) => other === one).length));
  for (let at = 0; at <= top; ++at) {
    const here = elements.filter((one) => (high.get(one.id!) ?? 0) === at);
    const left = ((Math.min(most, 6) - Math.min(here.length, 6)) * (width + gap)) / 2;
    here.forEach((element, index) => {
      // A long floor is folded, so that the diagram stays as wide as a screen.
      const [line, column] = [Math.floor(index / 6), index % 6];
      const tall = height_of(element);
      const y = 60 + (top - at) * floor + (at === 0 ? line * 70 : 0);
      places.set(element.id!, { x: 180 + left + column * (width + gap), y, width, height: tall });
    });
  }
  const shapes = elements.map((element) =>
    create("dmndi:DMNShape", {
      id: `shape_${element.id}`,
      dmnElementRef: element,
      bounds: create("dc:Bounds", places.get(element.id!)),
    }),
  );
  const edges = elements.flatMap((element) =>
    needs_of(element).flatMap(({ requirement, from }) => {
      const [start, end] = [places.get(from), places.get(element.id!)];
      if (!start || !end || !requirement.id) return [];
      const waypoint = [
        create("dc:Point", { x: start.x + start.width / 2, y: start.y }),
        create("dc:Point", { x: end.x + end.width / 2, y: end.y + end.height + 20 }),
        create("dc:Point", { x: end.x + end.width / 2, y: end.y + end.height }),
      ];
      return [create("dmndi:DMNEdge", { id: `edge_${requirement.id}`, dmnElementRef: requirement, waypoint })];
    }),
  );
  const diagram = create("dmndi:DMNDiagram", { id: "diagram", diagramElements: [...shapes, ...edges] });
  const drawing = create("dmndi:DMNDI", { diagrams: [diagram] });
  for (const one of [...shapes, ...edges]) one.$parent = diagram;
  diagram.$parent = drawing;
  drawing.$parent = definitions;
  definitions.dmnDI = drawing;
}
