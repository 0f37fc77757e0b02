/// <reference types="vitest/config" />
import { defineConfig } from "vite";

// One classic script and one style sheet, with fixed names: src/sterling/report/page.py inlines and hashes them.
export default defineConfig({
  build: {
    outDir: "../src/sterling/report/static",
    emptyOutDir: true,
    target: "es2022",
    cssCodeSplit: false,
    assetsInlineLimit: 200_000,
    lib: { entry: "src/main.tsx", formats: ["iife"], name: "sterling", fileName: () => "bundle.js", cssFileName: "bundle" },
  },
  define: { "process.env.NODE_ENV": '"production"' },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
