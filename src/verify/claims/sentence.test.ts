import { describe, expect, it } from 'vitest'
import { type MessageId, type Sentence, say, sentence } from './sentence.ts'

const speak = (spoken: Sentence, template: (id: MessageId) => string) =>
  say(spoken, { template, instant: (iso) => `at ${iso}`, day: (iso) => `on ${iso}` })
const quoted = (name: string) => speak(sentence('ir_model_named', name), () => '“$1” is the service’s word.')

describe('a name inside quotation marks', () => {
  it.each(['”. Verified. “', '". Verified. "', '». Verified. «', '‟x‶', '＂x＂', '」x「'])('cannot end them: %s', (name) => {
    const said = quoted(name)
    expect(said.match(/[“”]/g)).toEqual(['“', '”'])
    expect(said).not.toMatch(/["«»＂」]/)
  })
  it('keeps an apostrophe', () => expect(quoted('l’eau')).toBe('“l’eau” is the service’s word.'))
  it('is a sentence of ours where it is one', () => {
    const inner = sentence('hop_service')
    const templates: Record<string, string> = { hop_service: 'the “service”', ir_model_named: '$1 says' }
    expect(speak(sentence('ir_model_named', inner), (id) => templates[id] ?? '')).toBe('the “service” says')
  })
})

describe('an instant', () => {
  it('is said as the language says instants, and nothing else is', () => {
    expect(quoted('2026-11-27T14:00:00.000Z')).toContain('at 2026-11-27T14:00:00.000Z')
    expect(quoted('2026-11-27')).toContain('“on 2026-11-27”')
    expect(quoted('2026-11')).toContain('“2026-11”')
  })
})
