import type { Copy } from './copy.ts'

/**
 * Rules of the extension that nobody may lose by accident: what each is, and the edit that takes it out of the source. A unit test has to
 * notice each edit by itself, and all of them together.
 */
export type Rule = {
  readonly name: string
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[]
}

export const RULES: readonly Rule[] = [
  {
    name: 'a credential goes only to the origin that had it',
    edits: [{ file: 'src/capture/page/lookup.ts', find: 'urlOrigin(address) !== call.origin || ', replace: '' }],
  },
  {
    name: 'a redirect of a look-up with a credential is refused',
    edits: [{ file: 'src/capture/page/lookup.ts', find: "options.redirect = 'error'", replace: "options.redirect = 'follow'" }],
  },
  {
    name: 'octets are taken only from pages of enabled services',
    edits: [{ file: 'src/background/router.ts', find: 'if (!enabled) return { kept: false }', replace: '' }],
  },
  {
    name: 'the first owner of a receipt is kept',
    edits: [
      { file: 'src/background/store.ts', find: 'if (first === undefined) await store.put', replace: 'await store.put' },
      { file: 'src/background/memory-store.ts', find: 'receipts.get(receipt) ?? exchange', replace: 'exchange' },
    ],
  },
  {
    name: 'an exchange is judged again when its nonce proves shared',
    edits: [{ file: 'src/background/exchanges.ts', find: 'inBackground(again(sharer.id))', replace: 'continue' }],
  },
  {
    name: 'an answer is broken off by the browser’s word',
    edits: [
      {
        file: 'src/background/octets.ts',
        find: "message.state === 'complete' && row.ended?.outcome === 'failed' ? 'broken-off' : message.state",
        replace: 'message.state',
      },
    ],
  },
  {
    name: 'the oldest exchanges are pruned',
    edits: [{ file: 'src/background/store.ts', find: 'if (changed.before === undefined) await prune()', replace: '' }],
  },
  {
    name: 'a response header that may hold a credential is never kept',
    edits: [{ file: 'src/capture/browser/kept-headers.ts', find: ' && mayBeKept(name)', replace: '' }],
  },
  {
    name: 'who broke an answer off is waited for',
    edits: [{ file: 'src/background/exchanges.ts', find: " && message.state !== 'broken-off'", replace: '' }],
  },
  {
    name: 'a second answer cut off before its receipt is a receipt held back',
    edits: [{ file: 'src/background/judge.ts', find: 'if (isCutOff(first.verdict) && (', replace: 'if (false && (' }],
  },
  {
    name: 'octets from where a request was redirected are not taken',
    edits: [{ file: 'src/background/exchanges.ts', find: "if (row.ended?.outcome === 'redirected') return true", replace: '' }],
  },
  {
    name: 'a report of which the browser has not told is an exchange that was not captured',
    edits: [{ file: 'src/background/exchanges.ts', find: 'if (last) await recordReport(message, page, sender)', replace: '' }],
  },
  {
    name: 'a page cannot fill the store with such reports',
    edits: [{ file: 'src/background/reports.ts', find: 'if (untold.length >= MOST_UNTOLD) return undefined', replace: '' }],
  },
  {
    name: 'an exchange is over when its document is',
    edits: [{ file: 'src/background/exchanges.ts', find: "for (const { id } of left) settleLater(id, 'left')", replace: '' }],
  },
  {
    name: 'an exchange is over when access is taken back',
    edits: [{ file: 'src/background/exchanges.ts', find: "inBackground(series(() => settle(id, 'not-watched')))", replace: 'continue' }],
  },
  {
    name: 'the rows of a document are under no other',
    edits: [{ file: 'src/background/tab-state.ts', find: 'rows.filter(({ document }) => document === shown.document)', replace: 'rows' }],
  },
  {
    name: 'bad news outlives its document',
    edits: [
      { file: 'src/background/tab-state.ts', find: 'isUnseen(row) && (here === undefined || row.document !== here)', replace: 'false' },
    ],
  },
  {
    name: 'bad news that nobody has seen is covered by nothing',
    edits: [{ file: 'src/background/toolbar.ts', find: 'if (news?.report !== undefined) {', replace: 'if (false) {' }],
  },
  {
    name: 'no verdict is shown about an answer that was not seen',
    edits: [
      {
        file: 'src/background/toolbar.ts',
        find: "if (isNotCaptured) return shown('unchecked', '?', sentence('toolbar_not_captured'))",
        replace: '',
      },
    ],
  },
  {
    name: 'no verdict is shown while nothing can be recorded',
    edits: [
      {
        file: 'src/background/toolbar.ts',
        find: "if (state.recording === 'fault') return shown('fault', '?', sentence('toolbar_fault'))",
        replace: '',
      },
    ],
  },
  {
    name: 'what cannot be recorded is counted',
    edits: [{ file: 'src/background/exchanges.ts', find: 'await losses.add({ request, tab, at: timeStamp })', replace: '' }],
  },
  {
    name: 'what cannot be remembered is not judged',
    edits: [{ file: 'src/background/judge.ts', find: 'if (error instanceof StorageFault) throw error', replace: '' }],
  },
  {
    name: 'a database that was closed is opened again',
    edits: [{ file: 'src/background/database.ts', find: 'if (again && opened !== connection) continue', replace: '' }],
  },
  {
    name: 'what is private is kept apart',
    edits: [
      { file: 'src/background/vaults.ts', find: 'incognito && !isPrivate ? apart : regular', replace: 'regular' },
      { file: 'src/background/vaults.ts', find: 'isPrivate ? privateMemory() : runMemory', replace: 'runMemory' },
    ],
  },
]

const TESTS = ['src/background', 'src/capture', 'src/platform']

/** Deletes the rules in a copy of the tree, one by one and then all together. Gives how many deletions went unnoticed. */
export function deleteRules(copy: Copy): number {
  if (!copy.passes(TESTS)) throw new Error('the tests fail before any rule is deleted')
  let unnoticed = 0
  for (const { name, rules } of [...RULES.map((rule) => ({ name: rule.name, rules: [rule] })), { name: 'all of them', rules: RULES }]) {
    const edits = rules.flatMap((rule) => rule.edits)
    const originals = new Map(edits.map(({ file }) => [file, copy.read(file)]))
    for (const edit of edits) copy.write(edit.file, deleted(copy.read(edit.file), edit))
    const noticed = !copy.passes(TESTS)
    for (const [file, text] of originals) copy.write(file, text)
    if (!noticed) unnoticed += 1
    console.log(`${noticed ? 'noticed  ' : 'UNNOTICED'} without the rule: ${name}`)
  }
  return unnoticed
}

/** A rule that is written differently by now has to be named here anew: an edit that changes nothing would show nothing. */
function deleted(text: string, { file, find, replace }: Rule['edits'][number]): string {
  if (text.split(find).length !== 2) throw new Error(`${file} does not have once: ${find}`)
  return text.replace(find, () => replace)
}
