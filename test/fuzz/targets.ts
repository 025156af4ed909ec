import { parseCaptureMessage } from '../../src/capture/parse.ts'
import { parseDossier } from '../../src/dossier/read.ts'
import { parseEvidence } from '../../src/verify/attestation/dstack/schema.ts'
import { parseNitroDocument } from '../../src/verify/attestation/nitro/document.ts'
import { parseReport as parseGpuReport } from '../../src/verify/attestation/nvidia-gpu/report.ts'
import { parseReport as parseSnpReport } from '../../src/verify/attestation/sev-snp/report.ts'
import { parseCollateral } from '../../src/verify/attestation/tdx/collateral.ts'
import { parseQuote } from '../../src/verify/attestation/tdx/quote.ts'
import { decodeBase32 } from '../../src/verify/encoding/base32.ts'
import { decodeBase64, decodeBase64url } from '../../src/verify/encoding/base64.ts'
import { decodeCbor } from '../../src/verify/encoding/cbor.ts'
import { parseCoseSign1 } from '../../src/verify/encoding/cose.ts'
import { readDer } from '../../src/verify/encoding/der.ts'
import { readPublicKey } from '../../src/verify/encoding/der-spki.ts'
import { ed25519Fault } from '../../src/verify/encoding/ed25519.ts'
import { gunzip } from '../../src/verify/encoding/gzip.ts'
import { decodeHex } from '../../src/verify/encoding/hex.ts'
import { parseCompactJws, parseFlattenedJws, parseJwks } from '../../src/verify/encoding/jose.ts'
import { parseJson, parseJsonBytes } from '../../src/verify/encoding/json.ts'
import { rawMember } from '../../src/verify/encoding/raw-json.ts'
import { recoverPublicKey } from '../../src/verify/encoding/secp256k1.ts'
import { ecdsaSignatureFromDer } from '../../src/verify/encoding/signatures.ts'
import { parseEventStream } from '../../src/verify/encoding/sse.ts'
import { parseDictionary } from '../../src/verify/encoding/structured-fields.ts'
import { decodeUtf8 } from '../../src/verify/encoding/utf8.ts'
import { observe, observeRequest } from '../../src/verify/observe.ts'
import { parsePolicy } from '../../src/verify/policy/read.ts'
import { parseBundle } from '../../src/verify/provenance/sigstore/bundle.ts'
import { readSignedData } from '../../src/verify/provenance/sigstore/cms.ts'
import { readStatement } from '../../src/verify/provenance/sigstore/statement.ts'
import { parseReceipt as parseAciReceipt } from '../../src/verify/receipts/aci/receipt.ts'
import { parseReceipt as parseAirReceipt } from '../../src/verify/receipts/air/receipt.ts'
import { parseAnswer } from '../../src/verify/receipts/chat-signature/parse.ts'
import { parseSignatures } from '../../src/verify/receipts/http-signature/parse.ts'
import { parseCertificate } from '../../src/verify/trust/certificate.ts'
import { parseCrl } from '../../src/verify/trust/crl.ts'
import { parseName } from '../../src/verify/trust/name.ts'
import { parsePemChain } from '../../src/verify/trust/pem.ts'
import { parseSigstoreRoot } from '../../src/verify/trust/sigstore-root.ts'
import { APPRAISALS } from './appraisals.ts'
import type { Target } from './fuzz.ts'
import * as seeds from './seeds.ts'

const text = (input: Uint8Array) => Buffer.from(input).toString('utf8')
const value = (input: Uint8Array): unknown => {
  const parsed = parseJson(text(input))
  return parsed.ok ? parsed.value : undefined
}

/** Every parser that meets octets from outside, one line each. */
export const PARSERS: readonly Target[] = [
  { name: 'json', syntax: 'json', seeds: seeds.json, run: (input) => parseJsonBytes(input).ok },
  // Asked for only of one valid object: of anything else it may say what it likes, but has to come back.
  { name: 'raw-json', syntax: 'json', seeds: seeds.json, run: (input) => rawMember(text(input), 'tcbInfo') !== undefined },
  { name: 'hex', syntax: 'text', seeds: seeds.texts, run: (input) => decodeHex(text(input)).ok },
  { name: 'base64', syntax: 'text', seeds: seeds.texts, run: (input) => decodeBase64(text(input)).ok },
  { name: 'base64url', syntax: 'text', seeds: seeds.texts, run: (input) => decodeBase64url(text(input)).ok },
  { name: 'base32', syntax: 'text', seeds: seeds.texts, run: (input) => decodeBase32(text(input)).ok },
  { name: 'utf8', syntax: 'text', seeds: seeds.texts, run: (input) => decodeUtf8(input).ok },
  { name: 'gzip', seeds: seeds.gzip, run: async (input) => (await gunzip(input, 64 * 1024)).ok },
  { name: 'cbor', syntax: 'cbor', seeds: seeds.cbor, run: (input) => decodeCbor(input).ok },
  { name: 'cose', syntax: 'cbor', seeds: seeds.cbor, run: (input) => parseCoseSign1(input, 'either').ok },
  { name: 'der', syntax: 'der', seeds: seeds.certificates, run: (input) => readDer(input).ok },
  { name: 'certificate', syntax: 'der', seeds: seeds.certificates, run: (input) => parseCertificate(input).ok },
  { name: 'crl', syntax: 'der', seeds: seeds.lists, run: (input) => parseCrl(input).ok },
  { name: 'name', syntax: 'der', seeds: seeds.names, run: (input) => parseName(input).ok },
  { name: 'spki', syntax: 'der', seeds: seeds.keys, run: (input) => readPublicKey(input).ok },
  { name: 'ecdsa-signature', syntax: 'der', seeds: seeds.signatures, run: (input) => ecdsaSignatureFromDer(input, 32) !== undefined },
  { name: 'cms', syntax: 'der', seeds: seeds.certificates, run: (input) => readCms(input) },
  { name: 'ed25519', seeds: seeds.octets96, run: (input) => ed25519Fault(input.slice(0, 32), input.slice(32)) === undefined },
  { name: 'secp256k1', seeds: seeds.octets97, run: (input) => recoverPublicKey(input.slice(0, 32), input.slice(32)).ok },
  { name: 'pem', syntax: 'text', seeds: seeds.pem, run: (input) => parsePemChain(text(input)).ok },
  { name: 'jws-compact', syntax: 'text', seeds: seeds.tokens, run: (input) => parseCompactJws(text(input)).ok },
  { name: 'jws-flattened', syntax: 'json', seeds: seeds.receipts, run: (input) => parseFlattenedJws(value(input)).ok },
  { name: 'jwks', syntax: 'json', seeds: seeds.jwks, run: (input) => parseJwks(text(input)).ok },
  { name: 'sse', syntax: 'text', seeds: seeds.streams, run: (input) => parseEventStream(input) !== undefined },
  { name: 'structured-fields', syntax: 'text', seeds: seeds.fields, run: (input) => parseDictionary(text(input)).ok },
  { name: 'http-signature', syntax: 'text', seeds: seeds.fields, run: (input) => parseSignatures(text(input)).ok },
  { name: 'tdx-quote', seeds: seeds.quotes, run: (input) => parseQuote(input).ok },
  { name: 'tdx-collateral', syntax: 'json', seeds: seeds.collateral, run: (input) => parseCollateral(text(input)).ok },
  { name: 'snp-report', seeds: seeds.snpReports, run: (input) => parseSnpReport(input).ok },
  { name: 'nitro-document', syntax: 'cbor', seeds: seeds.nitroDocuments, run: (input) => parseNitroDocument(input).ok },
  { name: 'nvidia-report', seeds: seeds.gpuReports, run: (input) => parseGpuReport(input).ok },
  { name: 'dstack-evidence', syntax: 'json', seeds: seeds.dstack, run: (input) => parseEvidence(text(input)).ok },
  { name: 'sigstore-bundle', syntax: 'json', seeds: seeds.bundles, run: (input) => parseBundle(text(input)).ok },
  { name: 'sigstore-root', syntax: 'json', seeds: seeds.sigstoreRoots, run: (input) => parseSigstoreRoot(text(input), 'user').ok },
  { name: 'in-toto', syntax: 'json', seeds: seeds.statements, run: (input) => readStatement('application/vnd.in-toto+json', input).ok },
  { name: 'aci-receipt', syntax: 'json', seeds: seeds.aciReceipts, run: (input) => parseAciReceipt(text(input)).ok },
  { name: 'air-receipt', syntax: 'cbor', seeds: seeds.airReceipts, run: (input) => parseAirReceipt(input).ok },
  { name: 'chat-signature', syntax: 'json', seeds: seeds.chatAnswers, run: (input) => parseAnswer(text(input)).ok },
  { name: 'dossier', syntax: 'json', seeds: seeds.dossiers, run: (input) => parseDossier(text(input), 'file').ok },
  { name: 'policy', syntax: 'json', seeds: seeds.policies, run: (input) => parsePolicy(text(input)).ok },
  { name: 'capture-message', syntax: 'json', seeds: seeds.json, run: (input) => parseCaptureMessage(value(input)).ok },
  { name: 'observe-stream', syntax: 'text', seeds: seeds.streams, run: (input) => observed(input, 'text/event-stream') },
  { name: 'observe-body', syntax: 'json', seeds: seeds.json, run: (input) => observed(input, 'application/json') },
  {
    name: 'observe-request',
    syntax: 'json',
    seeds: seeds.json,
    run: async (input) => (await observeRequest({ body: input, contentType: 'application/json' })).length > 0,
  },
]

/** Everything that is fuzzed: parsers alone, and whole exchanges with one document changed. */
export const TARGETS: readonly Target[] = [...PARSERS, ...APPRAISALS]

function readCms(input: Uint8Array<ArrayBuffer>): boolean {
  const der = readDer(input)
  return der.ok && readSignedData(der.value) !== undefined
}

async function observed(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<boolean> {
  const seen = await observe({ body, contentType, headers: [], bodyProvenance: 'page-reported', headerProvenance: 'browser' })
  return seen.receipts.length > 0
}
