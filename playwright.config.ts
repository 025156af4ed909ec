import { defineConfig } from 'playwright/test'

export default defineConfig({
  testDir: 'test',
  testMatch: ['e2e/**/*.spec.ts', 'hostile/**/*.spec.ts', 'headed/**/*.spec.ts'],
  globalSetup: './test/e2e/setup.ts',
  outputDir: 'test-results',
  timeout: 45_000,
  // One browser at a time: tests measure when things happen.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  reporter: [['list']],
})
