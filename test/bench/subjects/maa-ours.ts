import { verify } from '../../../src/verify/attestation/azure-maa/verify.ts'
import type { Policy } from '../../../src/verify/policy/types.ts'
import { inputOf, verdictOf } from './ours.ts'
import type { Subject } from './subject.ts'

const ISSUER = 'https://trquilluaen.uaen.attest.azure.net'

export const prepare: Subject = async (files) => {
  const document = files.text('azure-maa/maa_real_sevsnp_token.jwt').trim()
  const jwks = files.text('azure-maa/maa_real_jwks.json')
  const input = inputOf('azure-maa-jwt', {
    document,
    collateral: [{ kind: 'jwks', issuer: ISSUER, document: jwks }],
    at: '2026-08-03T15:08:00Z',
  })
  const policy: Policy = { ...input.policy, expects: [{ measurement: 'token.issuer', anyOf: [ISSUER], source: 'user' }] }
  return async () => verdictOf(await verify({ ...input, policy }))
}
