import { createRouter, createWebHistory, type RouteLocationRaw } from "vue-router";
import { home_of, places } from "@/shell/menu";
import { must_change_password, must_set_second_step, restore_session, user } from "@/shell/session";
import { t } from "@/words/words";

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: "/", component: () => import("@/rooms/people/SignIn.vue") },
    { path: "/sign-in", component: () => import("@/rooms/people/SignIn.vue"), meta: { open: true, title: "sign_in.title" } },
    { path: "/sign-in/provider", component: () => import("@/rooms/people/FromProvider.vue"), meta: { open: true, title: "sign_in.title" } },
    { path: "/own-security", component: () => import("@/rooms/people/OwnSecurity.vue"), meta: { title: "own.title" } },
    { path: "/password", component: () => import("@/rooms/people/ChangePassword.vue"), meta: { title: "password.title" } },
    { path: "/my-day", component: () => import("@/rooms/casework/MyDay.vue") },
    { path: "/cases", component: () => import("@/rooms/casework/CaseList.vue") },
    { path: "/cases/:case_id", component: () => import("@/rooms/casework/CaseFile.vue"), props: true },
    { path: "/team", component: () => import("@/rooms/allocation/TeamDay.vue") },
    { path: "/dashboard", component: () => import("@/rooms/reports/Dashboard.vue") },
    { path: "/approvals", component: () => import("@/rooms/approval/Approvals.vue") },
    { path: "/imports", component: () => import("@/rooms/intake/Imports.vue") },
    { path: "/nights", component: () => import("@/rooms/flow/Nights.vue") },
    { path: "/tables", component: () => import("@/rooms/tables/Tables.vue") },
    { path: "/tables/:file", component: () => import("@/rooms/tables/TablePage.vue"), props: true },
    { path: "/tables/:file/versions", component: () => import("@/rooms/tables/life/VersionsPage.vue"), props: true },
    { path: "/tables/:file/diff", component: () => import("@/rooms/tables/life/DiffPage.vue"), props: true },
    { path: "/tables/:file/review", component: () => import("@/rooms/tables/life/ReviewPage.vue"), props: true },
    { path: "/tables/:file/edit", component: () => import("@/rooms/tables/editor/EditorPage.vue"), props: true },
    { path: "/experiments", component: () => import("@/rooms/experiment/Experiments.vue") },
    { path: "/experiments/:experiment_id", component: () => import("@/rooms/experiment/ExperimentPage.vue"), props: true },
    { path: "/simulations", component: () => import("@/rooms/simulation/Simulations.vue") },
    { path: "/simulations/:simulation_id", component: () => import("@/rooms/simulation/SimulationPage.vue"), props: true },
    { path: "/gate", component: () => import("@/rooms/gate/GatePage.vue") },
    { path: "/packs", component: () => import("@/rooms/gate/PacksPage.vue") },
    { path: "/evidence", component: () => import("@/rooms/evidence/EvidencePage.vue") },
    { path: "/looks", component: () => import("@/rooms/looks/LooksPage.vue") },
    { path: "/rights", component: () => import("@/rooms/rights/RightsPage.vue") },
    { path: "/keys", component: () => import("@/rooms/people/KeyHolders.vue") },
    { path: "/wording", component: () => import("@/rooms/wording/WordingPage.vue") },
    { path: "/users/:user_id", component: () => import("@/rooms/people/StaffFile.vue"), props: true },
    { path: "/users", component: () => import("@/rooms/people/Users.vue") },
    { path: "/:rest(.*)*", component: () => import("@/shell/NoPage.vue") },
  ],
});

router.beforeEach(async (to): Promise<boolean | RouteLocationRaw> => {
  await restore_session();
  if (!user.value) {
    if (to.meta.open) return true;
    return { path: "/sign-in", query: to.path === "/" ? {} : { next: to.fullPath } };
  }
  if (must_change_password.value) return to.path === "/password" ? true : { path: "/password" };
  if (must_set_second_step.value) return to.path === "/own-security" ? true : { path: "/own-security" };
  if (to.path === "/" || to.meta.open) return home_of(user.value.role);
  const place = places.find((one) => to.path === one.path || to.path.startsWith(`${one.path}/`));
  if (place && !place.roles.includes(user.value.role)) return home_of(user.value.role);
  return true;
});

router.afterEach((to) => {
  const place = places.find((one) => to.path === one.path || to.path.startsWith(`${one.path}/`));
  const title = place ? t(place.title) : "";
  document.title = title ? `${title} · ${t("brand")}` : t("brand");
});
