import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'server',
          include: ['server/src/**/*.test.ts', 'server/tests/*.test.ts'],
          // LangGraph's conformance suite has no imports of its own for these.
          globals: true,
          pool: 'threads',
          // One module graph and one database a worker: opening them for every file would be most of the run.
          isolate: false,
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'acceptance',
          include: ['server/tests/acceptance/*.test.ts'],
          pool: 'forks',
          isolate: true,
          maxWorkers: 2,
          // Whole servers that are killed and started again, beside others: a busy machine gets a second try.
          retry: 1,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['dashboard/tests/**/*.test.ts'],
          pool: 'forks',
          isolate: true,
          // One server and one browser at a time, and after everything else: they take both cores.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          retry: 1,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
