import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/e2e/**', '**/node_modules/**'],
    setupFiles: ['test/support/watch-findings.ts'],
    testTimeout: 30_000,
    // The default leaves a core to the runner, which has little to do: on two cores that is half of the machine.
    maxWorkers: '100%',
  },
})
