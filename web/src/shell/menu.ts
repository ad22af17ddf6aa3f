// The pages, in the order of the day, and who sees which. The server refuses the rest as well.
import type { Role } from "@/api/types";
import type { Key } from "@/words/words";

export interface Place {
  path: string;
  title: Key;
  key: string;
  roles: Role[];
  icon: string;
}

export const places: Place[] = [
  {
    path: "/my-day",
    title: "menu.my_day",
    key: "m",
    roles: ["collector"],
    icon: "M4 5h16v15H4zM4 10h16M9 3v4M15 3v4M8.5 15l2.5 2.5 4.5-4.5",
  },
  {
    path: "/dashboard",
    title: "menu.dashboard",
    key: "d",
    roles: ["lead", "analyst", "admin"],
    icon: "M4 20V4M4 20h16M8 20v-6M12 20V8M16 20v-9",
  },
  {
    path: "/team",
    title: "menu.team",
    key: "t",
    roles: ["lead", "analyst", "admin"],
    icon: "M9 11a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 9 11zM3 20c0-3.6 2.7-6 6-6s6 2.4 6 6M16 11a2.6 2.6 0 1 0-.6-5.1M17 14.2c2.4.5 4 2.5 4 5.8",
  },
  {
    path: "/cases",
    title: "menu.cases",
    key: "c",
    roles: ["collector", "lead", "analyst", "compliance", "admin"],
    icon: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
  },
  {
    path: "/approvals",
    title: "menu.approvals",
    key: "a",
    roles: ["collector", "lead", "analyst", "compliance", "auditor", "admin"],
    icon: "M5 4h14v16H5zM9 9h6M8.5 14.5l2.2 2.2 4.8-4.8",
  },
  {
    path: "/imports",
    title: "menu.imports",
    key: "i",
    roles: ["lead", "analyst", "admin"],
    icon: "M12 4v10M8 10l4 4 4-4M4 17v3h16v-3",
  },
  {
    path: "/nights",
    title: "menu.nights",
    key: "n",
    roles: ["lead", "analyst", "admin"],
    icon: "M19 14.5A7.8 7.8 0 0 1 9.5 5a7.8 7.8 0 1 0 9.5 9.5z",
  },
  {
    path: "/tables",
    title: "menu.tables",
    key: "b",
    roles: ["collector", "lead", "analyst", "compliance", "auditor", "admin"],
    icon: "M4 5h16v14H4zM4 10h16M10 5v14",
  },
  {
    path: "/experiments",
    title: "menu.experiments",
    key: "e",
    roles: ["analyst", "admin"],
    icon: "M4 19V5M20 19V5M4 9h6M14 15h6M10 9l4 6",
  },
  {
    path: "/simulations",
    title: "menu.simulations",
    key: "s",
    roles: ["analyst", "admin"],
    icon: "M4 19c4 0 4-12 8-12s4 7 8 7M4 21h16M15 4l3 3-3 3",
  },
  {
    path: "/gate",
    title: "menu.gate",
    key: "g",
    roles: ["lead", "compliance", "auditor", "admin"],
    icon: "M5 21V8l7-5 7 5v13M5 12h14M9 21v-9M15 21v-9",
  },
  {
    path: "/evidence",
    title: "menu.evidence",
    key: "v",
    roles: ["compliance", "auditor", "admin"],
    icon: "M6 3h9l4 4v14H6zM15 3v4h4M9 12l2 2 4-4M9 18h6",
  },
  {
    path: "/looks",
    title: "menu.looks",
    key: "l",
    roles: ["compliance", "auditor", "admin"],
    icon: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  },
  {
    path: "/rights",
    title: "menu.rights",
    key: "r",
    roles: ["compliance", "admin"],
    icon: "M12 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5 20c0-4 3-6.5 7-6.5M14 17.5l2 2 4.5-4.5",
  },
  {
    path: "/packs",
    title: "menu.packs",
    key: "p",
    roles: ["analyst", "compliance", "auditor", "admin"],
    icon: "M6 3h9l4 4v14H6zM14 3v5h5M9 12h7M9 16h7",
  },
  {
    path: "/keys",
    title: "menu.keys",
    key: "k",
    roles: ["compliance", "auditor", "admin"],
    icon: "M14.5 9.5a4 4 0 1 0-3.8 5.2L13 13l2 2 2-2 2 2 2-2-3-3.5zM8 11h.01",
  },
  {
    path: "/wording",
    title: "menu.wording",
    key: "w",
    roles: ["collector", "lead", "analyst", "compliance", "auditor", "admin"],
    icon: "M4 5h16v11H9l-5 4zM8 9h8M8 12h5",
  },
  {
    path: "/users",
    title: "menu.users",
    key: "u",
    roles: ["lead", "admin"],
    icon: "M12 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5 20c0-4 3-6.5 7-6.5s7 2.5 7 6.5",
  },
];

export function places_of(role: Role): Place[] {
  return places.filter((place) => place.roles.includes(role));
}
export function home_of(role: Role): string {
  const homes: Partial<Record<Role, string>> = { collector: "/my-day", lead: "/team", compliance: "/gate", auditor: "/evidence" };
  return homes[role] ?? "/dashboard";
}
