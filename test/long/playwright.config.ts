import { defineConfig } from 'playwright/test'

/** Runs that take minutes (`npm run e2e:long`); the gate does not wait for them. */
export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results/long',
  timeout: 15 * 60_000,
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  reporter: [['list']],
})
