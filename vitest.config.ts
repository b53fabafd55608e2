import { defineConfig } from 'vitest/config'

// Forks, never threads: the embedded ClickHouse engine is not safe in worker threads.
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    include: ['packages/**/*.test.ts', 'services/**/*.test.ts', 'infra/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
