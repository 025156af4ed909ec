import { readFile } from 'node:fs/promises'
import { beforeEach, describe, expect, it, vi } from 'vitest'

vi.mock('./browser.ts', () => import('../../test/support/fake-browser.ts'))

const read: string[] = []
const files = new Map<string, string>()

/** The texts anew, as a worker or a page that has just started has them. */
async function newlyStarted(givesTexts: boolean, language = 'en'): Promise<typeof import('./texts.ts')> {
  vi.resetModules()
  // The fake that this start's modules have, which is not that of the last.
  const fake: unknown = Reflect.get(await import('./browser.ts'), 'fake')
  Object.assign(Object(fake), { givesTexts, language })
  return import('./texts.ts')
}

beforeEach(async () => {
  read.length = 0
  files.clear()
  files.set('en', await readFile('public/_locales/en/messages.json', 'utf8'))
  vi.stubGlobal('fetch', async (url: string) => {
    const locale = /_locales\/(\w+)\/messages\.json$/.exec(url)?.[1] ?? ''
    read.push(locale)
    const file = files.get(locale)
    if (file === undefined) throw new TypeError('Failed to fetch')
    return new Response(file)
  })
})

describe('texts', () => {
  it('are the browser’s, and no file is read, where the browser gives them', async () => {
    const { ensureTexts, template } = await newlyStarted(true)
    await ensureTexts()
    expect(template('ext_name')).toBe('Inference Receipt Checker')
    expect(read).toEqual([])
  })

  it('are read from the package where the browser gives none', async () => {
    const { ensureTexts, template } = await newlyStarted(false)
    expect(template('ext_name')).toBe('')
    await ensureTexts()
    expect(template('ext_name')).toBe('Inference Receipt Checker')
    expect(template('aci_announced')).toContain('$1')
    await ensureTexts()
    expect(read).toEqual(['en'])
  })

  it('are in the user’s language as far as it goes, and in the complete one beyond', async () => {
    files.set('de', JSON.stringify({ ext_name: { message: 'Quittungsprüfer' } }))
    const { ensureTexts, template } = await newlyStarted(false, 'de-AT')
    await ensureTexts()
    expect(read).toEqual(['de_AT', 'de', 'en'])
    expect(template('ext_name')).toBe('Quittungsprüfer')
    expect(template('row_exchange')).toBe('Is this what was signed?')
  })

  it.each(['{', '[]', '{"ext_name":"bare"}'])(
    'are missing, and nothing is thrown, where the file is %s; the next call tries again',
    async (file) => {
      const whole = files.get('en') ?? ''
      files.set('en', file)
      const { ensureTexts, template } = await newlyStarted(false)
      await ensureTexts()
      expect(template('ext_name')).toBe('')
      files.set('en', whole)
      await ensureTexts()
      expect(template('ext_name')).toBe('Inference Receipt Checker')
    },
  )

  it('have no name of the object’s own, such as “constructor”', async () => {
    const { ensureTexts, template } = await newlyStarted(false)
    await ensureTexts()
    // @ts-expect-error: no such text
    expect(template('constructor')).toBe('')
  })
})
