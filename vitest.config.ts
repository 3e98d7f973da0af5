import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['{model,impl,properties,traces}/**/*.test.ts'], testTimeout: 120_000 },
});
