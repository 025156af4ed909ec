import { gzipSync } from 'node:zlib'
import { writeDossier } from '../../src/dossier/write.ts'
import { presetFor } from '../../src/verify/policy/presets.ts'
import { makeAci } from '../simulator/aci.ts'
import { makeAirExchange } from '../simulator/air.ts'
import { makeMaaToken } from '../simulator/azure-maa.ts'
import { makeDstack } from '../simulator/dstack.ts'
import { makeChain, makeExchange } from '../simulator/index.ts'
import { makeNear } from '../simulator/near.ts'
import { makeNitroDocument } from '../simulator/nitro.ts'
import { makeGpuItem } from '../simulator/nvidia-gpu.ts'
import { makeSnpEvidence } from '../simulator/sev-snp.ts'
import { makeSigstore, STATEMENT } from '../simulator/sigstore.ts'
import { makeTdx } from '../simulator/tdx.ts'
import { findCertificates } from '../support/find-certificates.ts'
import { dossierOf } from '../verify/dossiers.ts'

/** What is changed: simulated evidence of every kind, made once. */
export const AT = new Date('2026-11-16T10:20:30.000Z')
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const texted = (value: unknown) => utf8(JSON.stringify(value))

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

export const REQUEST = utf8('{"model":"demo/model-1","messages":[{"role":"user","content":"hi"}],"stream":true}')
export const STREAM = utf8('data: {"id":"chatcmpl-1","choices":[{"delta":{"content":"Hello"}}]}\n\ndata: [DONE]\n\n')
export const NONCE = '5a'.repeat(32)
const EXCHANGED = { at: AT, request: REQUEST, response: STREAM, nonce: NONCE }

export const exchange = once(() => makeExchange({ at: AT }))
export const tdx = once(() => makeTdx({ at: AT }))
export const snp = once(() => makeSnpEvidence(AT))
export const nitro = once(() => makeNitroDocument(AT))
export const maa = once(() => makeMaaToken(AT))
export const near = once(() => makeNear({ ...EXCHANGED, model: 'demo/model-1' }))
export const aciExchange = once(() => makeAci({ ...EXCHANGED, chatId: 'chatcmpl-1', upstream: 'audited-gateway' }))
export const airExchange = once(() => makeAirExchange())
export const workload = once(() => makeDstack({ at: AT }))
export const sigstore = once(() => makeSigstore({ at: AT }))

export const json = once(() => [utf8('{"a":[1,2,{"b":"c\\u00e9"}],"d":null,"e":-1.5e3}'), utf8(tdx().collateral), REQUEST])
export const texts = once(() => ['00ff', 'AAECAw==', 'AAECAw', 'MFRGG===', 'héllo', '\ufeffx'].map(utf8))
export const gzip = once(() => [gzipSync('hello '.repeat(100)), gzipSync(''), gzipSync(Buffer.alloc(200_000))])
export const cbor = once(() => [nitro().document, airExchange().receipt, Uint8Array.of(0xa2, 0x01, 0x02, 0x61, 0x61, 0x82, 0x03, 0xf6)])
export const certificates = once(() => {
  const chain = makeChain({ at: AT })
  return [
    chain.root.der,
    chain.intermediate.der,
    chain.leaf.der,
    tdx().pck.der,
    snp().vcek,
    ...findCertificates(nitro().document).slice(0, 2),
  ]
})
export const lists = once(() => {
  const parts = JSON.parse(tdx().collateral)
  const fromHex = (text: unknown) => (typeof text === 'string' ? [Uint8Array.from(Buffer.from(text, 'hex'))] : [])
  return [snp().crl(), ...fromHex(parts.pck_crl), ...fromHex(parts.root_ca_crl)].filter(({ length }) => length > 0)
})
export const names = once(() => [tdx().root.name, tdx().pck.name, makeChain({ at: AT }).leaf.name])
export const keys = once(() => [tdx().root.spki, makeChain({ at: AT }).leaf.spki, snp().ark.spki])
export const signatures = once(() => [
  Uint8Array.of(0x30, 0x08, 0x02, 0x02, 0x00, 0x81, 0x02, 0x02, 0x00, 0x82),
  Uint8Array.of(0x30, 0x06, 2, 1, 1, 2, 1, 1),
])
export const octets96 = once(() => [new Uint8Array(96).fill(7), new Uint8Array(96)])
export const octets97 = once(() => [new Uint8Array(97).fill(1), new Uint8Array(97)])
export const pem = once(() => {
  const { root, intermediate, leaf } = makeChain({ at: AT })
  return [utf8(leaf.pem + intermediate.pem + root.pem), utf8(leaf.pem)]
})
export const tokens = once(() => [utf8(maa().token), utf8('eyJhbGciOiJSUzI1NiJ9.e30.AAAA')])
export const receipts = once(() => [utf8(exchange().receipt?.text ?? '{}')])
export const jwks = once(() => [utf8(maa().jwksText), utf8(exchange().jwksText)])
export const streams = once(() => [exchange().response.body, STREAM])
export const fields = once(() => [
  utf8('sig1=("@method" "content-digest";req);created=1618884473;keyid="test";alg="ed25519"'),
  utf8('signature-input: sig1=("@status" "content-digest");created=1618884473;keyid="k"\nsignature: sig1=:AAAA:'),
  utf8('sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:'),
])
export const quotes = once(() => [tdx().quote, makeTdx({ at: AT, quote: { version: 5 } }).quote])
export const collateral = once(() => [utf8(tdx().collateral)])
export const snpReports = once(() => [snp().report, makeSnpEvidence(AT, { product: 'Turin', version: 5 }).report])
export const nitroDocuments = once(() => [nitro().document])
export const gpuReports = once(() => [makeGpuItem().report])
export const dstack = once(() => [utf8(workload().document)])
export const bundles = once(() => [texted(sigstore().bundle)])
export const sigstoreRoots = once(() => [texted(sigstore().trustedRoot)])
export const statements = once(() => [texted(STATEMENT)])
export const aciReceipts = once(() => [utf8(aciExchange().receipt)])
export const airReceipts = once(() => [airExchange().receipt])
export const chatAnswers = once(() => [utf8(near().answer)])
export const dossiers = once(async () => [utf8(writeDossier(await dossierOf(exchange())))])
export const policies = once(() => [texted(presetFor('trustedrouter')), texted(presetFor(''))])
