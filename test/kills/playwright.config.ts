import { defineConfig } from 'playwright/test'

/** Forced ends of all kinds at random moments (`npm run kills`); the gate does not wait for them. KILLS_SEED repeats a run's moments. */
export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results/kills',
  globalSetup: '../e2e/setup.ts',
  timeout: 10 * 60_000,
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  reporter: [['list']],
})
