import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sentence } from '../claims/sentence.ts'
import { matchPolicy } from './match.ts'
import { KNOWN_MEASUREMENTS, measurementInWords } from './names.ts'
import type { Policy } from './types.ts'

describe('measurements in words', () => {
  it('calls known ones as people do', () => {
    expect(measurementInWords('container.image-digest')).toEqual(sentence('measurement_container_image_digest'))
    expect(measurementInWords('receipt.issuer')).toEqual(sentence('measurement_receipt_issuer'))
    expect(measurementInWords('tdx.mrtd')).toEqual(sentence('measurement_tdx_mrtd'))
  })

  it('calls others by their own name', () => {
    expect(measurementInWords('tdx.other')).toEqual({ id: 'measurement_other', args: ['tdx.other'] })
    expect(measurementInWords('constructor')).toEqual({ id: 'measurement_other', args: ['constructor'] })
  })

  it('are what a policy’s findings say', () => {
    const policy: Policy = {
      format: 'inference-receipt-checker/policy',
      version: 1,
      id: 'test',
      name: 'Test',
      service: '',
      expects: [{ measurement: 'container.image-digest', anyOf: ['sha256:one'], source: 'user' }],
      receiptKeys: [],
    }
    const said = (value: string | undefined) =>
      matchPolicy(
        policy,
        { index: 0, role: 'service', isSigner: true },
        {
          evidence: value === undefined ? [] : [{ name: 'container.image-digest', value, kind: 'code' }],
          receipt: undefined,
        },
      )[0]?.because
    const image = sentence('measurement_container_image_digest')
    expect(said('sha256:one')).toEqual({ id: 'policy_match', args: [image, 'sha256:one'] })
    expect(said('sha256:two')).toEqual({ id: 'policy_mismatch', args: [image, 'sha256:two'] })
    expect(said(undefined)).toEqual(sentence('policy_not_stated', image))
  })
})

describe('the docs', () => {
  it('name every measurement that has words', () => {
    const text = readFileSync('docs/POLICY.md', 'utf8')
    for (const name of KNOWN_MEASUREMENTS) expect(text, name).toContain(`| \`${name}\` |`)
  })
})
