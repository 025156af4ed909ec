import * as v from 'valibot'
import { HTTP_ALGORITHMS, TCB_STATUSES } from './types.ts'

/** Nothing makes revoked hardware acceptable. */
const ACCEPTABLE = TCB_STATUSES.filter((status) => status !== 'Revoked')

/** Patch levels of a TCB_VERSION, one octet each. */
const level = v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(255)))
const snpLevels = v.exactOptional(v.strictObject({ fmc: level, bootLoader: level, tee: level, snp: level, microcode: level }))

const name = v.pipe(v.string(), v.maxLength(200))

/** A policy as it stands in a file or in settings; unknown members are refused, so that a misspelt expectation cannot pass for none. */
export const policySchema = v.strictObject({
  format: v.literal('inference-receipt-checker/policy'),
  version: v.literal(1),
  id: v.pipe(name, v.minLength(1)),
  name,
  service: name,
  expects: v.pipe(
    v.array(
      v.strictObject({
        measurement: v.pipe(v.string(), v.regex(/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/), v.maxLength(100)),
        anyOf: v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(1000))), v.minLength(1), v.maxLength(500)),
        source: v.picklist(['user', 'vendor']),
        hop: v.exactOptional(v.picklist(['service', 'gateway', 'model-host'])),
      }),
    ),
    v.maxLength(100),
  ),
  receiptKeys: v.pipe(v.array(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/))), v.maxLength(100)),
  maxEvidenceAge: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  tcb: v.exactOptional(
    v.strictObject({
      accept: v.pipe(v.array(v.picklist(ACCEPTABLE)), v.minLength(1), v.maxLength(ACCEPTABLE.length)),
      floor: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
    }),
  ),
  snp: v.exactOptional(
    v.strictObject({
      minimumTcb: v.exactOptional(v.strictObject({ Milan: snpLevels, Genoa: snpLevels, Turin: snpLevels })),
      minimumFirmware: v.exactOptional(v.pipe(v.string(), v.regex(/^\d{1,3}\.\d{1,3}\.\d{1,3}$/))),
    }),
  ),
  models: v.exactOptional(
    v.pipe(
      v.array(
        v.strictObject({
          hash: v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{2}){20,64}$/)),
          scheme: v.pipe(name, v.minLength(1)),
          name: v.pipe(name, v.minLength(1)),
          publishedAt: v.pipe(v.string(), v.maxLength(1000)),
          source: v.picklist(['user', 'vendor']),
        }),
      ),
      v.maxLength(500),
    ),
  ),
  air: v.exactOptional(
    v.strictObject({
      profile: v.picklist(['draft-02', 'older']),
      keys: v.exactOptional(v.pipe(v.array(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/))), v.maxLength(16))),
      maxAge: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
    }),
  ),
  httpKeys: v.exactOptional(
    v.pipe(
      v.array(
        v.strictObject({
          keyid: v.pipe(name, v.minLength(1)),
          alg: v.picklist(HTTP_ALGORITHMS),
          jwk: v.record(v.string(), v.unknown()),
        }),
      ),
      v.maxLength(32),
    ),
  ),
})
