import { defineConfig } from "vitest/config";

// A key of 4096 bits takes as long as chance and the rest of the machine want.
const TIMEOUT_MS = 60_000;

export default defineConfig({
  test: { environment: "happy-dom", include: ["tests/**/*.test.ts"], testTimeout: TIMEOUT_MS },
});
