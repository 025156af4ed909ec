import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ComposeService, readServices } from './compose-file.ts'

/** Many more runs by `FUZZ_RUNS=100000`, repeatable by `FUZZ_SEED`. */
const RUNS = { numRuns: Number(process.env['FUZZ_RUNS'] ?? 500), seed: Number(process.env['FUZZ_SEED'] ?? 20261122) }
const LONG = process.env['FUZZ_RUNS'] === undefined ? 20_000 : 3_600_000

const DIGEST = `sha256:${'ab'.repeat(32)}`
const services = (text: string): readonly ComposeService[] | string => {
  const result = readServices(text)
  return result.ok ? result.value : result.code
}
const imagesOf = (text: string) => {
  const found = services(text)
  return typeof found === 'string' ? found : found.map(({ name, image, isBuilt }) => `${name} ${image}${isBuilt ? ' built' : ''}`)
}

describe('the services of a compose file', () => {
  it('are read with their images', () => {
    const text = `---
# A comment
version: '3.8'
x-common: &common
  restart: always
  logging: {driver: json-file, options: {max-size: "10m"}}
services:
  one: # the first
    <<: *common
    image: registry.example:5000/a/b@${DIGEST} # pinned
    command: >-
      --model x
      image: not/an/image

      --last
    environment:
    - A=b
    - "C: d"
    - image: in-a-list
    labels:
      image: deeper
      com.example/rule: Host(\`x\`) && Path("/")
  "two":
      image: 'two:latest'
      healthcheck:
          test: ["CMD", "sh", "-c",
            "exit 0 # }",  # not }
            'it''s'
          ]
      ports: [
    "1:1", # lines of a flow may stand anywhere
      ]
      entrypoint: sh -c
        echo 'plain goes on

        and on'
      configs:
        - |
          image: text
             deeper
        -
          source: x
        - *common
        - - nested
          - lists
  three:
    build: .
  four:
    build:
      context: .
      dockerfile_inline: |
        FROM x
    image: "four"
volumes:
  data:
configs: {a: {content: "image: b"}}
`
    expect(imagesOf(text)).toEqual([
      `one registry.example:5000/a/b@${DIGEST}`,
      'two two:latest',
      'three undefined built',
      'four four built',
    ])
    expect(imagesOf(text.replaceAll('\n', '\r\n'))).toEqual(imagesOf(text))
  })

  it('may stand in any place, and be the last thing', () => {
    expect(imagesOf('networks: {}\nservices:\n  a:\n    image: b')).toEqual(['a b'])
    expect(imagesOf('services:\n a:\n  image: b\n  ports:\n  - 1\n c:\n  image: d\n')).toEqual(['a b', 'c d'])
    expect(imagesOf('services:\n  a:\n    image: b\n    command: |\n')).toEqual(['a b'])
    expect(imagesOf('services:\n  a: &a\n    image: &image b\n')).toEqual(['a b'])
  })

  it('may be as many as the length allows', () => {
    const text = 'services:\n  a:\n    image: b\n#'
    expect(imagesOf(text.padEnd(512 * 1024, ' '))).toEqual(['a b'])
  })

  it('never hide behind text that only looks like structure', () => {
    const hidden = (property: string) => `services:\n  good:\n    image: good\n${property}\n  evil:\n    image: evil\n`
    // Whatever the property, another reader of YAML sees the second service: it has to be read, or the whole refused.
    const properties = [
      '    command: foo\n      [',
      '    command: foo\n      "',
      "    command: foo\n      '",
      '    command: foo\n      {',
      '    command: foo\n      |',
      '    command: it"s',
      '    command: a[b',
      '    command: |\n      "',
      '    command: |\n\n      [\n',
      '    command: [a, b]',
      '    command: "["',
      "    command: '[ '' {'",
      '    command: "\\" ["',
      '    labels:\n      - "',
      '    labels:\n      - a "b',
      '    command: {a: "}", b: \']\'}',
    ]
    for (const property of properties) {
      const images = imagesOf(hidden(property))
      expect([property, typeof images === 'string' || images.includes('evil evil')]).toEqual([property, true])
    }
    expect(imagesOf(hidden('    command: foo\n      ['))).toEqual(['good good', 'evil evil'])
    expect(imagesOf(hidden('    command: it"s'))).toEqual(['good good', 'evil evil'])
    expect(imagesOf(hidden('    command: |\n      "'))).toEqual(['good good', 'evil evil'])
  })

  it.each<[string, string]>([
    ['on two lines', 'services:\n  a:\n    image: good\n      evil\n'],
    ['in a block', 'services:\n  a:\n    image: |\n      good\n'],
    ['below', 'services:\n  a:\n    image:\n      good\n'],
    ['as a list', 'services:\n  a:\n    image: [good]\n'],
    ['with escapes', 'services:\n  a:\n    image: "g\\x6fod"\n'],
    ['quoted on two lines', 'services:\n  a:\n    image: "good\n      evil"\n'],
    ['of an alias', 'services:\n  a:\n    image: *good\n'],
  ])('are refused with an image %s', (_, text) => expect(services(text)).toBe('compose-structure'))

  it.each<[string, string]>([
    ['compose-structure', ''],
    ['compose-structure', 'a: b'],
    ['compose-structure', 'services: {a: {image: b}}'],
    ['compose-structure', 'services:\n'],
    ['compose-structure', 'services:\na:\n  image: b'],
    ['compose-structure', 'services:\n  a:\n    image: b\n- c: d'],
    ['compose-structure', 'services:\n  a:\n    image:b'],
    ['compose-structure', 'services:\n  a:\n  b:\n    image: c'],
    ['compose-structure', 'services:\n  a:\n    - image: c'],
    ['compose-structure', 'services:\n  - a:\n    image: c'],
    ['compose-structure', '- services:\n    a:\n      image: c'],
    ['compose-structure', 'services:\n  a:\n    image: b\n   c:\n    image: d'],
    ['compose-structure', 'services:\n    a:\n      image: b\n  c:\n    image: d'],
    ['compose-structure', 'services:\n  a:\n    image: b\nservices:\n  a:\n    image: c'],
    ['compose-duplicate', 'services:\n  a:\n    image: b\n  a:\n    image: c'],
    ['compose-duplicate', 'services:\n  a:\n    image: b\n    "image": c'],
    ['compose-elsewhere', 'services:\n  a: *b\n'],
    ['compose-elsewhere', 'services:\n  a: {image: b}\n'],
    ['compose-elsewhere', 'services:\n  <<: *b\n  a:\n    image: b'],
    ['compose-elsewhere', '<<: *b\nservices:\n  a:\n    image: b'],
    ['compose-elsewhere', 'include: [b]\nservices:\n  a:\n    image: b'],
    ['compose-elsewhere', 'services:\n  a:\n    <<: *b\n'],
    ['compose-elsewhere', 'services:\n  a:\n    command: b\n'],
    ['compose-elsewhere', 'services:\n  a:\n    image: b\n    extends: c'],
    ['compose-too-large', `services:\n  a:\n    image: b\n#${' '.repeat(512 * 1024)}`],
  ])('are refused as %s: %j', (code, text) => expect(services(text)).toBe(code))

  it.each<[string, string]>([
    ['a tab before a key', 'services:\n\ta:\n    image: b'],
    ['a tab behind a dash', 'services:\n  a:\n    image: b\n    c:\n      -\td'],
    ['a tab in a plain scalar', 'services:\n  a:\n    image: b\tc'],
    ['a second document', 'services:\n  a:\n    image: b\n---\nservices: {}'],
    ['the end of a document', 'services:\n  a:\n    image: b\n...\n'],
    ['a directive', '%YAML 1.2\n---\nservices:\n  a:\n    image: b'],
    ['a second document in quotes', 'x: "\n--- "\nservices:\n  a:\n    image: b'],
    ['a tag', 'services:\n  a:\n    image: !!binary Z29vZA=='],
    ['a tag on a mapping', 'services:\n  a: !override\n    image: b'],
    ['a key with escapes', 'services:\n  a:\n    "im\\x61ge": b'],
    ['a key with a space', 'services:\n  a:\n    an image: b'],
    ['a key of several lines', 'services:\n  ? a\n  : {image: b}'],
    ['an alias as a key', 'services:\n  *a : {image: b}'],
    ['a value with a key in it', 'services:\n  a:\n    image: b: c'],
    ['a value that ends in a colon', 'services:\n  a:\n    image: b:'],
    ['a key below a value', 'services:\n  a:\n    command: b\n      image: c'],
    ['a comment in the middle of a plain scalar', 'services:\n  a:\n    command: b\n      c #d\n    image: e'],
    ['text below a value with a comment', 'services:\n  a:\n    image: b # c\n      d'],
    ['text below quotes', 'services:\n  a:\n    image: "b"\n      c'],
    ['text behind quotes', 'services:\n  a:\n    image: "b" c'],
    ['a comment without a space', 'services:\n  a:\n    image: "b"#c'],
    ['quotes that do not end', 'services:\n  a:\n    image: "b'],
    ['a flow that does not end', 'services:\n  a:\n    image: b\n    c: [d'],
    ['a flow that ends otherwise', 'services:\n  a:\n    image: b\n    c: [d}'],
    ['a flow that ends in a comment', 'services:\n  a:\n    image: b\n    c: [d # ]'],
    ['quotes inside a plain scalar of a flow', 'services:\n  a:\n    image: b\n    c: [d "e]", f]'],
    ['quotes right behind a colon of a flow', 'services:\n  a:\n    image: b\n    c: {d:"e}", f: g}'],
    ['a block with an indentation of its own', 'services:\n  a:\n    command: |2\n      b\n    image: c'],
    ['a block with a text in its first line', 'services:\n  a:\n    command: | b\n    image: c'],
    ['a block that begins wider than it goes on', 'services:\n  a:\n    command: |\n           \n      b\n    image: c'],
    ['a block that narrows', 'services:\n  a:\n    command: |\n        b\n      c\n    image: d'],
    ['a sign that some take for the end of a line', 'services:\n  a:\n    image: b\u2028    image: c'],
    ['a next line of old', 'services:\n  a:\n    image: b\u0085    image: c'],
    ['a lone carriage return', 'services:\n  a:\n    image: b\r    image: c'],
    ['a byte order mark', '\ufeffservices:\n  a:\n    image: b'],
    ['text alone', 'services'],
    ['text under a mapping', 'services:\n  a:\n    image: b\n  c'],
  ])('are refused for YAML that readers differ about: %s', (_, text) => expect(services(text)).toBe('compose-yaml'))

  it('keep signs that are white in other languages only', () => {
    expect(imagesOf(`services:\n  a:\n    image: b@${DIGEST}\u00a0#c`)).toEqual([`a b@${DIGEST}\u00a0#c`])
    expect(imagesOf('services:\n  a:\n    image: b\u00a0\n')).toEqual(['a b\u00a0'])
  })

  it('of any text are read or refused, in a time that the length bounds', { timeout: LONG }, () => {
    const piece = fc.constantFrom(
      'services:',
      '\n',
      '  ',
      'a:',
      ' ',
      'image: ',
      '"',
      "'",
      '[',
      ']',
      '{',
      '}',
      '- ',
      '|',
      '>',
      '#',
      '&a',
      '*a',
      'x',
      ':',
      '\t',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
        ),
        (text) => {
          const result = readServices(text)
          expect(result.ok ? result.value.length > 0 : result.code.startsWith('compose-')).toBe(true)
        },
      ),
      RUNS,
    )
    const started = performance.now()
    for (const unit of ['a: "\n"\n', "a: '\n", '- "', '[', 'a: [\n', 'a: |\n\n', ' \n', 'a: b\n', '  a: "x"\n', 'a: # x\n', '{"":']) {
      readServices(`services:\n  a:\n    image: b\n${unit.repeat(Math.floor(500_000 / unit.length))}`)
    }
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})
