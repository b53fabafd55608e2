import { defineConfig } from 'vitest/config'

/** What both projects share. Forks, never threads: the embedded ClickHouse engine is not safe in worker threads. */
const shared = { pool: 'forks' as const, testTimeout: 120_000, hookTimeout: 120_000 }

export default defineConfig({
  test: {
    // One more than the cores of CI: some files mostly wait, for a Kafka session to end or a frozen PostgreSQL.
    maxWorkers: 3,
    projects: [
      {
        test: {
          ...shared,
          name: 'cairn',
          include: [
            'packages/**/*.test.ts',
            'services/**/*.test.ts',
            'infra/**/*.test.ts',
            'test/**/*.test.ts',
          ],
        },
      },
      {
        // The same tests once more: one control plane, two engines.
        test: {
          ...shared,
          name: 'postgres',
          include: ['packages/control-plane/*.test.ts', 'packages/access/*.test.ts'],
          exclude: ['packages/control-plane/postgres.test.ts'],
          globalSetup: 'infra/postgres/test-setup.ts',
        },
      },
    ],
  },
})
