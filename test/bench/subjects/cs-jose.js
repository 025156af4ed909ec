import { importX509, jwtVerify } from 'jose'

/** @type {import('./subject.ts').Subject} */
export const prepare = async (files) => {
  const token = files.text('confidential-space/flare/pki.txt').trim()
  const [leaf = ''] = JSON.parse(atob((token.split('.')[0] ?? '').replaceAll('-', '+').replaceAll('_', '/'))).x5c
  const pem = leaf.startsWith('-----') ? leaf : `-----BEGIN CERTIFICATE-----\n${leaf}\n-----END CERTIFICATE-----`
  const options = { currentDate: new Date('2024-11-03T23:54:00Z'), algorithms: ['RS256'] }
  // The leaf's key is taken as it comes: jose verifies no chain.
  return async () => {
    const { payload } = await jwtVerify(token, await importX509(pem, 'RS256'), options)
    return payload.iss === 'https://confidentialcomputing.googleapis.com' ? 'accepted' : 'another issuer'
  }
}
