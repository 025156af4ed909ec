import { createLocalJWKSet, jwtVerify } from 'jose'

/** @type {import('./subject.ts').Subject} */
export const prepare = async (files) => {
  const token = files.text('azure-maa/maa_real_sevsnp_token.jwt').trim()
  const jwks = JSON.parse(files.text('azure-maa/maa_real_jwks.json'))
  const options = {
    issuer: 'https://trquilluaen.uaen.attest.azure.net',
    currentDate: new Date('2026-08-03T15:08:00Z'),
    algorithms: ['RS256'],
  }
  // A key set made anew with each call, as ours reads it anew: jose would keep the imported key.
  return async () => {
    const { payload } = await jwtVerify(token, createLocalJWKSet(jwks), options)
    return payload['x-ms-attestation-type'] === 'sevsnpvm' ? 'accepted' : 'another type'
  }
}
