import type { Files } from './subject.ts'

/** The SEV-SNP report and the chip's certificate in a recorded Tinfoil bundle. */
export async function tinfoilDocument(files: Files): Promise<{ report: Uint8Array; vcek: Uint8Array }> {
  const bundle = JSON.parse(files.text('tinfoil/atc-bundle-snp-v2.json'))
  const gunzip = new Blob([fromBase64(bundle.enclaveAttestationReport.body)]).stream().pipeThrough(new DecompressionStream('gzip'))
  return { report: new Uint8Array(await new Response(gunzip).arrayBuffer()), vcek: fromBase64(bundle.vcek) }
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
