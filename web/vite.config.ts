/// <reference types="vitest/config" />
import { defineConfig } from "vite";
import vue from "@vitejs/plugin-vue";
import { fileURLToPath } from "node:url";

// The policy of the server is `script-src 'self'; style-src 'self' 'unsafe-inline'`: nothing may be
// inlined as data:, and the runtime-only Vue build keeps eval out.
export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
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
          if (/node_modules\/(@vue|vue|vue-router)\//.test(id)) return "vue";
          return undefined;
        },
      },
    },
  },
  server: { fs: { allow: [".."] }, proxy: { "/api": process.env.EVENHAND_API ?? "http://127.0.0.1:8080" } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
