import { createApp } from "vue";
import { on_signed_out } from "@/api/client";
import { start_keys } from "@/kit/keys";
import { forget_session, user } from "@/shell/session";
import App from "./App.vue";
import { router } from "./router";
import "element-plus/theme-chalk/base.css";
import "@/shell/style.css";

on_signed_out(() => {
  if (!user.value) return;
  const next = router.currentRoute.value.fullPath;
  forget_session();
  void router.push({ path: "/sign-in", query: { next, ended: "1" } });
});
start_keys();
createApp(App).use(router).mount("#app");
