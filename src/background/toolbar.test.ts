import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { reportOf, WITHHELD } from '../../test/support/rows.ts'
import { sentence } from '../verify/claims/sentence.ts'
import { type Finding, STANDINGS } from '../verify/claims/types.ts'
import { toolbarState } from './toolbar.ts'

describe('the toolbar', () => {
  it('shows the weakest claim, in the order of the standings', () => {
    const shown = STANDINGS.map((_, index) => toolbarState({ state: 'done', verdict: reportOf(...STANDINGS.slice(index)) }))
    expect(shown.map(({ icon }) => icon)).toEqual(STANDINGS)
    expect(shown.map(({ badge }) => badge)).toEqual(['!', '', '?', '', ''])
  })

  it('calls for a look where a receipt was asked for and did not come', () => {
    expect(toolbarState({ state: 'done', verdict: { ...reportOf('absent'), findings: [WITHHELD] } })).toMatchObject({
      icon: 'absent',
      badge: '!',
    })
  })

  it('calls for a look where what came cannot be read, so that nobody softens bad evidence by spoiling it', () => {
    const role = 'evidence.format'
    const because = sentence('ext_name')
    const unreadable: Finding = { check: 'dstack.format', role, hop: 0, outcome: 'unchecked', because, assumes: [] }
    const shown = (finding: Finding) => toolbarState({ state: 'done', verdict: { ...reportOf('unchecked'), findings: [finding] } })
    expect(shown({ ...unreadable, theirs: true })).toMatchObject({ icon: 'unchecked', badge: '!' })
    expect(shown(unreadable)).toMatchObject({ icon: 'unchecked', badge: '?' })
  })

  it('is quiet about an answer that its user stopped, or that never was, and not about its failures', () => {
    const capture = (code: string): Finding => ({
      check: 'exchange.capture',
      role: 'exchange.capture',
      hop: 0,
      outcome: 'unchecked',
      because: sentence('ext_name'),
      assumes: [],
      code,
    })
    const badge = (...findings: Finding[]) => toolbarState({ state: 'done', verdict: { ...reportOf('unchecked'), findings } }).badge
    expect(['stopped', 'no-answer', 'broken-off', 'too-large'].map((code) => badge(capture(code)))).toEqual(['', '', '?', '?'])
    expect(badge(capture('stopped'), WITHHELD)).toBe('!')
  })

  it('has a picture for every state, in both sizes', () => {
    for (const icon of ['idle', 'checking', ...STANDINGS]) {
      for (const size of [16, 32]) expect(existsSync(`public/icons/state-${icon}-${size}.png`)).toBe(true)
    }
  })

  it('says headline and count', () => {
    const verdict = reportOf('assumed')
    expect(toolbarState({ state: 'done', verdict }).title).toEqual(sentence('toolbar_result', verdict.headline, verdict.count))
  })

  it('shows nothing before the first exchange, work while it lasts, and no result where there is none', () => {
    expect(toolbarState(undefined)).toMatchObject({ icon: 'idle', badge: '', title: { id: 'toolbar_idle' } })
    for (const state of ['requested', 'answering', 'captured', 'checking'] as const) {
      expect(toolbarState({ state, verdict: reportOf() })).toMatchObject({ icon: 'checking', title: { id: 'toolbar_running' } })
    }
    expect(toolbarState({ state: 'done' })).toMatchObject({ icon: 'unchecked', badge: '?', title: { id: 'ui_no_result_title' } })
  })
})
