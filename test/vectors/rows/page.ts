import { judgeCases, readAnchors } from './cases.ts'
import { judgeRows } from './run.ts'

/** In a browser's page: loads the evidence from the server that the page came from, and judges all rows and cases. Gives JSON. */
export async function judgeServed(): Promise<string> {
  const paths: readonly string[] = await (await fetch('/paths.json')).json()
  const loaded = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const path of paths) loaded.set(path, new Uint8Array(await (await fetch(`/vectors/${path}`)).arrayBuffer()))
  const bytes = (path: string) => {
    const found = loaded.get(path)
    if (found === undefined) throw new Error(`${path} was not served`)
    return found.slice()
  }
  const files = { bytes, text: (path: string) => new TextDecoder().decode(bytes(path)) }
  const anchors = readAnchors(await (await fetch('/anchors.json')).text())
  return JSON.stringify({ rows: await judgeRows(files), cases: await judgeCases(files, anchors) })
}
