import { defineConfig } from "vitest/config";

// A key of 4096 bits takes as long as chance and the rest of the machine want.
const TIMEOUT_MS = 60_000;

export default defineConfig({
  test: {
    environment: "happy-dom",
    testTimeout: TIMEOUT_MS,
    pool: "threads",
    projects: [
      // What stands in for a module of the keys would stand in for the next file's too.
      { extends: true, test: { name: "keys", include: ["tests/keys/**/*.test.ts"] } },
      // To load happy-dom takes longer than these tests: the files of a worker share it.
      {
        extends: true,
        test: { name: "pages", include: ["tests/**/*.test.ts"], exclude: ["tests/keys/**"], isolate: false },
      },
    ],
  },
});
