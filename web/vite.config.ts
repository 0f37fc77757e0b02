/// <reference types="vitest/config" />
import { defineConfig } from "vite";

// The page carries other people's work; their licences ask to be named wherever it goes.
const CREDITS = `/*! Holds Preact (c) Jason Miller and @preact/signals (c) Preact Team, MIT licence; d3-scale, d3-shape and what they
use (c) Mike Bostock, ISC licence; dagre and graphlib (c) Chris Pettitt, MIT licence; Public Sans (c) The Public Sans Project Authors, SIL Open Font License 1.1. */`;

// One classic script and one style sheet, with fixed names: src/sterling/report/shell.py inlines and hashes them.
export default defineConfig({
  build: {
    outDir: "../src/sterling/report/static",
    emptyOutDir: true,
    target: "es2022",
    cssCodeSplit: false,
    assetsInlineLimit: 200_000,
    rolldownOptions: { output: { postBanner: CREDITS } },
    lib: { entry: "src/main.tsx", formats: ["iife"], name: "sterling", fileName: () => "bundle.js", cssFileName: "bundle" },
  },
  define: { "process.env.NODE_ENV": '"production"' },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: { include: ["src/**/*.test.ts"], environment: "node", testTimeout: 30_000 },
});
