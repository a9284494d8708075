import { defineConfig } from "vitest/config"

const notOurs = ["**/node_modules/**", "**/dist/**"]

export default defineConfig({
  test: {
    teardownTimeout: 20_000,
    reporters: ["default", "./tools/lib/vitest-reporter.mjs"],
    projects: [
      {
        // Units beside their files, and the rules of the repository itself. No server, no waiting. Files share a process:
        // they leave no state behind, and a process for each would take most of the time.
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "examples/*/src/**/*.test.ts", "tests/tidy/**/*.test.ts"],
          exclude: [...notOurs, "**/*.real.test.ts", "**/*.alone.test.ts"],
          isolate: false,
          testTimeout: 30_000,
        },
      },
      {
        // Units that change their process for good.
        test: {
          name: "alone",
          include: ["packages/*/src/**/*.alone.test.ts"],
          exclude: notOurs,
        },
      },
      {
        test: {
          name: "types",
          include: [],
          exclude: notOurs,
          typecheck: {
            enabled: true,
            only: true,
            include: ["tests/types/**/*.test-d.ts"],
            tsconfig: "tests/types/tsconfig.json",
          },
        },
      },
      {
        // What the documents say: their examples compile against the packed library, their tables and links are true.
        test: {
          name: "docs",
          include: ["tests/docs/**/*.test.ts"],
          exclude: notOurs,
          testTimeout: 60_000,
        },
      },
      {
        // Black box, against the built packages and real servers. Two files at a time: each starts servers of its own.
        test: {
          name: "real",
          include: ["tests/**/*.test.ts", "examples/*/src/**/*.real.test.ts"],
          exclude: [...notOurs, "tests/tidy/**", "tests/docs/**"],
          pool: "forks",
          maxWorkers: 2,
          execArgv: ["--unhandled-rejections=strict"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
