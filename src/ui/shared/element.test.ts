import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fakeDocument } from '../../../test/support/fake-document.ts'
import { html, svg } from './element.ts'

beforeEach(() => void vi.stubGlobal('document', fakeDocument))
afterEach(() => void vi.unstubAllGlobals())

describe('an element', () => {
  it('has its attributes, and its children in order', () => {
    expect(
      html('p', { class: 'a', tabindex: 0, hidden: true, 'aria-busy': false, title: undefined }, 'one', html('b'), undefined),
    ).toMatchObject({
      tag: 'p',
      attributes: { class: 'a', tabindex: '0', hidden: '' },
      children: ['one', { tag: 'b' }],
    })
  })

  it('takes text as text, whatever stands in it', () => {
    const attack = '<img src=x onerror=alert(1)>'
    expect(html('p', { title: attack }, attack)).toMatchObject({ attributes: { title: attack }, children: [attack] })
  })

  it('of a picture is in the namespace of pictures', () => {
    expect(svg('path', { d: 'M0 0' })).toMatchObject({ tag: 'path', namespace: 'http://www.w3.org/2000/svg', attributes: { d: 'M0 0' } })
    expect(html('p')).not.toMatchObject({ namespace: expect.anything() })
  })

  it.each(['onclick', 'ONCLICK', 'onanything', 'style', 'srcdoc', 'src', 'href', 'HREF', 'xlink:href'])('never has %s', (name) => {
    expect(() => html('a', { [name]: 'javascript:alert(1)' })).toThrow(TypeError)
    expect(() => svg('use', { [name]: '#x' })).toThrow(TypeError)
  })

  it.each(['styled', 'srclang', 'data-href', 'aria-onward'])('may have %s', (name) => {
    expect(html('p', { [name]: 'x' })).toMatchObject({ attributes: { [name]: 'x' } })
  })
})
