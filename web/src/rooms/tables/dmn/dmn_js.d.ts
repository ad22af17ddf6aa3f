// dmn-js has no types of its own; here is only what these pages use of it.
declare module "dmn-js/lib/Modeler" {
  import type { Modeler as Type } from "@/rooms/tables/dmn/types";
  const Modeler: new (options: Record<string, unknown>) => Type;
  export default Modeler;
}
declare module "table-js/lib/components" {
  import type { Component } from "inferno";
  export const Cell: new (props: unknown, context: unknown) => Component;
}
declare module "dmn-js-decision-table/lib/features/simple-mode/components/SimpleModeButtonComponent" {
  const Button: { prototype: { updatePosition: (this: never) => void } };
  export default Button;
}
declare module "dmn-moddle" {
  import type { Moddle } from "@/rooms/tables/dmn/types";
  export class DmnModdle {
    fromXML(xml: string, type: string): Promise<{ rootElement: Moddle; warnings: { message: string }[] }>;
    toXML(element: Moddle, options?: { format?: boolean }): Promise<{ xml: string }>;
  }
}
