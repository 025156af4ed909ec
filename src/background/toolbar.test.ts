import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { reportOf, WITHHELD } from '../../test/support/rows.ts'
import type { ExchangeState, TabPlace, TabState } from '../platform/messages.ts'
import { sentence } from '../verify/claims/sentence.ts'
import { type Finding, STANDINGS } from '../verify/claims/types.ts'
import type { Report } from '../verify/report.ts'
import { TOOLBAR_ICONS, toolbarOf } from './toolbar.ts'

type Watching = Extract<TabPlace, { kind: 'watching' }>

function exchange(change: Partial<ExchangeState> = {}): ExchangeState {
  const startedAt = '2026-11-22T10:00:00.000Z'
  return { id: 'a', service: 'TrustedRouter', elsewhere: false, startedAt, ordinal: 1, progress: 'done', ...change }
}

function watching(change: Partial<Watching> = {}, more: Partial<Pick<TabState, 'earlier' | 'recording'>> = {}): TabState {
  const place: Watching = { kind: 'watching', host: 'a.example', service: 'A', exchanges: [], notCaptured: 0, ...change }
  return { ...place, earlier: [], recording: 'works', ...more }
}

const finding = (change: Partial<Finding>): Finding => ({
  check: 'test.check',
  role: 'evidence.format',
  hop: 0,
  outcome: 'unchecked',
  because: sentence('ext_name'),
  assumes: [],
  ...change,
})
const ofReport = (report: Report) => toolbarOf(watching({ exchanges: [exchange({ report })] }))
const withFindings = (report: Report, ...findings: Finding[]) => ofReport({ ...report, findings })

describe('the toolbar, by the newest answer', () => {
  it('shows the weakest claim, in the order of the standings', () => {
    const shown = STANDINGS.map((_, index) => ofReport(reportOf(...STANDINGS.slice(index))))
    expect(shown.map(({ icon }) => icon)).toEqual(STANDINGS)
    expect(shown.map(({ badge }) => badge)).toEqual(['!', '', '?', '', ''])
  })

  it('calls for a look where a receipt was asked for and did not come', () => {
    expect(withFindings(reportOf('absent'), WITHHELD)).toMatchObject({ icon: 'absent', badge: '!' })
    expect(withFindings(reportOf('absent'), { ...WITHHELD, outcome: 'unchecked' })).toMatchObject({ badge: '' })
  })

  it('calls for a look where what came cannot be read, so that nobody softens bad evidence by spoiling it', () => {
    expect(withFindings(reportOf('unchecked'), finding({ theirs: true }))).toMatchObject({ icon: 'unchecked', badge: '!' })
    expect(withFindings(reportOf('unchecked'), finding({}))).toMatchObject({ icon: 'unchecked', badge: '?' })
  })

  it('is quiet about an answer that its user stopped, or that never was, and not about its failures', () => {
    const capture = (code: string) => finding({ check: 'exchange.capture', role: 'exchange.capture', code })
    const badge = (...findings: Finding[]) => withFindings(reportOf('unchecked'), ...findings).badge
    expect(['stopped', 'no-answer', 'broken-off', 'too-large'].map((code) => badge(capture(code)))).toEqual(['', '', '?', '?'])
    expect(badge(capture('stopped'), WITHHELD)).toBe('!')
  })

  it('names the service that was judged, the headline and the count', () => {
    const report = reportOf('assumed')
    const { title } = toolbarOf(watching({ exchanges: [exchange({ service: 'Venice', elsewhere: true, report })] }))
    expect(title).toEqual(sentence('toolbar_result', String('Venice'), report.headline, report.count))
  })

  it('shows nothing before the first, work while it lasts, and no result where there is none', () => {
    expect(toolbarOf(watching())).toMatchObject({ icon: 'idle', badge: '', title: { id: 'toolbar_idle' } })
    for (const progress of ['answering', 'gathering', 'checking'] as const) {
      const open = watching({ exchanges: [exchange({ progress, report: reportOf() })] })
      expect(toolbarOf(open)).toMatchObject({ icon: 'checking', title: { id: 'toolbar_running' } })
    }
    expect(toolbarOf(watching({ exchanges: [exchange()] }))).toMatchObject({ icon: 'unchecked', badge: '?' })
  })

  it('says nothing of those before where the newest was not seen', () => {
    const exchanges = [exchange({ report: reportOf('verified') })]
    expect(toolbarOf(watching({ exchanges, notCaptured: 1, newestNotCaptured: true }))).toMatchObject({
      icon: 'unchecked',
      badge: '?',
      title: { id: 'toolbar_not_captured' },
    })
    expect(toolbarOf(watching({ exchanges, notCaptured: 1 }))).toMatchObject({ icon: 'verified', badge: '' })
  })
})

describe('the toolbar, by news that nobody has looked at', () => {
  const at = (minute: number) => `2026-11-22T10:0${minute}:00.000Z`
  const bad = exchange({ service: 'Venice', report: reportOf('failed'), startedAt: at(1), unseen: true })

  it.each<[string, Partial<Watching>]>([
    ['a good answer', { exchanges: [exchange({ report: reportOf('verified'), startedAt: at(2) }), bad] }],
    ['a request that is held open', { exchanges: [exchange({ progress: 'answering', startedAt: at(2) }), bad] }],
    ['one that was not seen', { exchanges: [bad], newestNotCaptured: true, notCaptured: 1 }],
  ])('is not covered by %s that comes after it', (_, place) => {
    expect(toolbarOf(watching(place))).toMatchObject({
      icon: 'failed',
      badge: '!',
      title: { id: 'toolbar_news', args: ['Venice', bad.report?.headline] },
    })
  })

  it.each<[string, TabPlace]>([
    [
      'a page of the same site',
      { kind: 'watching', host: 'a', service: 'A', exchanges: [exchange({ report: reportOf() })], notCaptured: 0 },
    ],
    ['a page that is to be reloaded', { kind: 'needs-reload', host: 'a', service: 'A', notCaptured: 0 }],
    ['a site that is not enabled', { kind: 'not-enabled', host: 'a', service: 'A', asks: [] }],
    ['a site that nobody knows', { kind: 'no-adapter', host: 'a' }],
    ['no site', { kind: 'no-site' }],
  ])('outlives its document: %s', (_, place) => {
    expect(toolbarOf({ ...place, earlier: [bad], recording: 'works' })).toMatchObject({ icon: 'failed', badge: '!' })
  })

  it('is the newest of it', () => {
    const newer = exchange({
      id: 'b',
      service: 'Maple',
      report: { ...reportOf('absent'), findings: [WITHHELD] },
      startedAt: at(3),
      unseen: true,
    })
    const { icon, title } = toolbarOf(watching({ exchanges: [newer] }, { earlier: [bad] }))
    expect([icon, title.args?.[0]]).toEqual(['absent', 'Maple'])
    expect(toolbarOf(watching({ exchanges: [bad] }, { earlier: [newer] })).icon).toBe('absent')
  })

  it('is shown as what it is once it was seen', () => {
    const { unseen: _, ...seen } = bad
    expect(toolbarOf(watching({ exchanges: [exchange({ report: reportOf('verified'), startedAt: at(2) }), seen] })).icon).toBe('verified')
  })
})

describe('the toolbar, while nothing can be recorded', () => {
  it('says so, and gives no verdict', () => {
    const exchanges = [exchange({ report: reportOf('failed'), unseen: true })]
    for (const state of [watching({ exchanges }, { recording: 'fault' }), { ...watching(), recording: 'fault' } as const]) {
      expect(toolbarOf(state)).toMatchObject({ icon: 'fault', badge: '?', title: { id: 'toolbar_fault' } })
    }
  })
})

describe('the toolbar, where nothing is watched', () => {
  it('says what to do', () => {
    const state = (place: TabPlace): TabState => ({ ...place, earlier: [], recording: 'works' })
    const reload = state({ kind: 'needs-reload', host: 'a', service: 'A', notCaptured: 2 })
    expect(toolbarOf(reload)).toMatchObject({ icon: 'reload', badge: '↻', title: { id: 'ui_reload_title' } })
    expect(toolbarOf(state({ kind: 'not-enabled', host: 'a', service: 'A', asks: [] })).title).toEqual(
      sentence('toolbar_not_enabled', String('A')),
    )
    for (const kind of ['no-site', 'unsupported-browser'] as const) {
      expect(toolbarOf(state({ kind }))).toMatchObject({ icon: 'idle', badge: '', title: { id: 'ext_name' } })
    }
  })

  it('says that access was taken away, whether the browser still gives the address or not', () => {
    const off = { earlier: [], recording: 'works', off: true } as const
    for (const place of [{ kind: 'no-site' }, { kind: 'not-enabled', host: 'a', service: 'A', asks: [] }] as const) {
      expect(toolbarOf({ ...place, ...off })).toMatchObject({ icon: 'idle', badge: '', title: { id: 'toolbar_off' } })
    }
  })
})

it('there is a picture for every state, in both sizes', () => {
  for (const icon of TOOLBAR_ICONS) {
    for (const size of [16, 32]) expect(existsSync(`public/icons/state-${icon}-${size}.png`)).toBe(true)
  }
})
