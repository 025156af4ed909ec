import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Which of these marks are in any file of a folder, and in which files. Each is looked for as UTF-8, UTF-16, base64 at each of its three
 * alignments, hex, and, where it is hex itself, as the octets it stands for. Marks have to be random: databases write such text as it is, even compressed.
 */
export async function searchFiles(
  folder: string,
  marks: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const found = new Map<string, string[]>()
  const wanted = Object.entries(marks).map(([name, mark]) => ({ name, forms: formsOf(mark) }))
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const octets = await readFile(path)
    for (const { name, forms } of wanted) {
      if (forms.some((form) => octets.includes(form))) found.set(name, [...(found.get(name) ?? []), path.slice(folder.length + 1)])
    }
  }
  return Object.fromEntries(found)
}

function formsOf(mark: string): readonly Buffer[] {
  const plain = Buffer.from(mark, 'utf8')
  if (plain.length < 12) throw new Error(`“${mark}” is too short to be told from chance`)
  const octets = /^([0-9a-f]{2}){8,}$/.test(mark) ? [Buffer.from(mark, 'hex')] : []
  const texts = [plain, ...octets].flatMap((form) => [form.toString('hex'), ...[0, 1, 2].map((offset) => innerBase64(form, offset))])
  return [plain, Buffer.from(mark, 'utf16le'), ...octets, ...texts.map((text) => Buffer.from(text))]
}

/** What stands in base64 of any text that holds these octets so many octets behind a multiple of three; the ends depend on what is around. */
function innerBase64(octets: Buffer, offset: number): string {
  const from = (3 - offset) % 3
  const whole = octets.subarray(from, from + 3 * Math.floor((octets.length - from) / 3))
  return whole.toString('base64url').replace(/-/g, '+').replace(/_/g, '/')
}
