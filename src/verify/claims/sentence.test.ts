import { describe, expect, it } from 'vitest'
import { say, sentence } from './sentence.ts'

const quoted = (name: string) => say(sentence('ir_model_named', name), () => '“$1” is the service’s word.')

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
    expect(say(sentence('ir_model_named', inner), (id) => templates[id] ?? '')).toBe('the “service” says')
  })
})
