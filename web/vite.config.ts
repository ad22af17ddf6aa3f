/// <reference types="vitest/config" />
import { defineConfig } from "vite";
import vue from "@vitejs/plugin-vue";
import { fileURLToPath } from "node:url";

// dmn-js brings a FEEL field with a linter and another vendor's functions; cells here are judged by our
// engine alone, in both languages, and that field writes <style> elements, which the content policy
// forbids. Its own plain field stands in ("drop-in", its source says), and the resolver that only fed
// it is left out. See docs/decisions/0017-table-editor.md.
const plain_field = [
  {
    find: "dmn-js-shared/lib/components/LiteralExpression",
    replacement: "dmn-js-shared/lib/components/ContentEditable",
  },
  {
    find: "@bpmn-io/dmn-variable-resolver",
    replacement: fileURLToPath(new URL("./src/rooms/tables/dmn/no_resolver.ts", import.meta.url)),
  },
];

// The policy of the server is `script-src 'self'; style-src 'self' 'unsafe-inline'`: nothing may be
// inlined as data:, and the runtime-only Vue build keeps eval out.
export default defineConfig({
  plugins: [vue()],
  resolve: {
    alias: [{ find: /^@(?=\/)/, replacement: fileURLToPath(new URL("./src", import.meta.url)) }, ...plain_field],
  },
  define: { __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false" },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
    rollupOptions: {
      output: {
        manualChunks(id) {
          if (/node_modules\/(echarts|zrender)\//.test(id)) return "charts";
          if (/node_modules\/(dmn-|diagram-js|table-js|inferno|@bpmn-io|min-d|moddle|ids|saxen)/.test(id)) return "dmn";
          if (/node_modules\/(@vue|vue|vue-router)\//.test(id)) return "vue";
          return undefined;
        },
      },
    },
  },
  server: { fs: { allow: [".."] }, proxy: { "/api": process.env.EVENHAND_API ?? "http://127.0.0.1:8080" } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
