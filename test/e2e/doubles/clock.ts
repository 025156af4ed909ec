import { readSetting } from '../../../src/platform/settings.ts'

/** In place of `src/platform/clock.ts` in test builds: the time that the test put into the settings, else this machine's. */
export async function now(): Promise<Date> {
  const injected = await readSetting('test:now')
  return typeof injected === 'number' ? new Date(injected) : new Date()
}
