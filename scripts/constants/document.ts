import { FOUNDATIONS } from './foundations.ts'
import { HARDWARE } from './hardware.ts'
import { RECEIPTS } from './receipts.ts'
import type { Found } from './scan.ts'
import type { Group, Second } from './types.ts'
import { WORKLOADS } from './workloads.ts'

const PARTS: readonly (readonly [string, readonly Group[]])[] = [
  ['Hardware', HARDWARE],
  ['Workloads and who built them', WORKLOADS],
  ['Receipts', RECEIPTS],
  ['Encodings and certificates', FOUNDATIONS],
]
export const GROUPS: readonly Group[] = PARTS.flatMap(([, groups]) => groups)

/** The names that a group is about in one of its files: those that it says, or those that no other group says. */
export function namesOf(found: readonly Found[], file: string, names: readonly string[] | undefined): readonly string[] {
  if (names !== undefined) return names
  const claimed = GROUPS.flatMap(({ where }) => where.flatMap((place) => (place.file === file ? (place.names ?? []) : [])))
  return (found.find((candidate) => candidate.file === file)?.names ?? []).filter((name) => !claimed.includes(name))
}

/** `docs/CONSTANTS.md`. */
export function writeConstants(found: readonly Found[]): string {
  const twice = GROUPS.filter(({ second }) => second.kind === 'sample' || second.kind === 'published').length
  return [
    '# Where constants are known from',
    '',
    'Offsets, flag bits, object identifiers, magic numbers and names of members that the verifier compares with. A constant that is read wrongly accuses genuine',
    'evidence or passes forged evidence, and a simulator that was written from the same sheet repeats the mistake. So each has, beside its first source, recorded',
    'evidence or somebody else’s code that does not come from that source, or says that it has none. Paths are under `src/verify`; samples by their name in',
    '`MANIFEST.json` of the vectors (`VECTORS_DIR`). Made by `npx tsx scripts/constants.ts` out of `scripts/constants`; a test holds it against the code.',
    '',
    `${twice} of ${GROUPS.length} groups have two sources.`,
    ...PARTS.flatMap(([title, groups]) => [
      '',
      `## ${title}`,
      '',
      '| what | where | first source | second, independent of it |',
      '|---|---|---|---|',
      ...groups.map((group) => `| ${group.what} | ${whereOf(found, group)} | ${group.first} | ${secondOf(group.second)} |`),
    ]),
    '',
  ].join('\n')
}

function whereOf(found: readonly Found[], { where }: Group): string {
  return where
    .map(({ file, names }) => {
      const own = namesOf(found, file, names)
      return `\`${file}\`${own.length === 0 ? '' : `: ${own.join(', ')}`}`
    })
    .join('; ')
}

function secondOf(second: Second): string {
  switch (second.kind) {
    case 'sample':
      return `sample: ${second.files.map((file) => `\`${file}\``).join(', ')}${second.also === undefined ? '' : `; ${second.also}`}`
    case 'published':
      return second.at
    case 'one source only':
    case 'none':
    case 'own':
      return `**${second.kind}**: ${second.because}`
  }
}
