import type { Page } from 'playwright'
import messages from '../../public/_locales/en/messages.json' with { type: 'json' }
import type { DemoBrowser } from './browser.ts'
import { CLAIMS, type Claim, type Rows } from './expected.ts'
import type { DemoScenarioId } from './scenarios.ts'

type MessageId = keyof typeof messages

const ANSWER_WAIT_MS = 20_000
const QUESTION = 'How long do we have to keep invoices?'
const NEXT_QUESTION = 'What does this liability clause get wrong?'

/** Walks the demo as a user would, and reads the popup as one would. One walker goes with one browser. */
export type Walker = {
  /** Starts a new chat, chooses the scenario in the panel and asks; gives the rows that the popup then shows. */
  walk(scenario: DemoScenarioId): Promise<Rows>
}

export function makeWalker({ chat, popup }: Pick<DemoBrowser, 'chat' | 'popup'>): Walker {
  let answers = 0
  const askAndWait = async (question: string): Promise<void> => {
    await ask(chat, question)
    answers++
    await waitForReport(popup, answers)
  }
  return {
    async walk(scenario) {
      await chat.getByRole('button', { name: 'New chat' }).click()
      await chat.locator(`input[name="scenario"][value="${scenario}"]`).check()
      await askAndWait(QUESTION)
      // The first answer of a chat has no earlier receipt to replay, and the panel says so.
      if (scenario === 'replayed') await askAndWait(NEXT_QUESTION)
      return readRows(popup)
    },
  }
}

/** Types a question, sends it, and waits until its answer is over, however it ended. */
export async function ask(chat: Page, question: string): Promise<void> {
  const captions = chat.locator('.turn.assistant .caption')
  const before = await captions.count()
  await chat.getByLabel('Your message').fill(question)
  await chat.getByLabel('Your message').press('Enter')
  await captions.nth(before).waitFor({ timeout: ANSWER_WAIT_MS })
}

/** Waits until the popup shows the tab's answer of this number, the newest, with its report. */
export async function waitForReport(popup: Page, answer: number): Promise<void> {
  const position = textOf('ui_answer_position').replace('$1', String(answer)).replace('$2', String(answer))
  const shown = popup.locator('#popup', { has: popup.getByText(position, { exact: true }) })
  await shown.locator('.report').waitFor({ timeout: ANSWER_WAIT_MS })
}

/** The five rows as the popup words them, in letters. */
export async function readRows(popup: Page): Promise<Rows> {
  const rows: [Claim, string][] = []
  for (const claim of CLAIMS) {
    const row = popup.locator(`[data-claim="${claim}"]`)
    const [word = ''] = await row.locator('.answer .word').allTextContents()
    const [reason = ''] = await row.locator('.because').allTextContents()
    const hops = await row.locator('.hop-mark').allTextContents()
    const said = speaksOf(reason.trim())
    const aside = [...(hops.length === 0 ? [] : [hops.map(hopLetters).join(', ')]), ...said].join('; ')
    rows.push([claim, letterOf(word) + (aside === '' ? '' : ` (${aside})`)])
  }
  return Object.fromEntries(rows) as Rows
}

const LETTERS = [
  ['v', ['standing_verified']],
  ['a', ['standing_assumed', 'standing_assumed_short']],
  ['f', ['standing_failed']],
  ['–', ['standing_absent', 'standing_withheld']],
  ['?', ['standing_unchecked']],
] as const satisfies readonly (readonly [string, readonly MessageId[]])[]

/** "Assumed", or "Verified ·" where the number of assumptions follows. */
function letterOf(word: string): string {
  const bare = word.replace('·', '').trim()
  const found = LETTERS.find(([, ids]) => ids.some((id) => textOf(id) === bare))
  if (found === undefined) throw new Error(`the popup says “${word}”, which is no standing`)
  return found[0]
}

const HOPS = [
  ['g', 'hop_gateway'],
  ['h', 'hop_model_host'],
] as const satisfies readonly (readonly [string, MessageId])[]

/** "Gateway: Verified" */
function hopLetters(mark: string): string {
  const [who = '', standing = ''] = mark.split(': ')
  const found = HOPS.find(([, id]) => textOf(id) === who)
  if (found === undefined) throw new Error(`the popup marks “${mark}”, which is no hop of the demo`)
  return `${found[0]} ${letterOf(standing)}`
}

const SUBJECTS = [
  ['ir_nonce_failed', 'nonce'],
  ['ir_response_id_failed', 'answer'],
  ['ir_response_hash_failed', 'answer'],
  ['ir_request_hash_failed', 'request'],
  ['cs_debug_failed', 'debug'],
  ['tdx_debug_failed', 'debug'],
  ['aci_report_data_failed', 'nonce'],
  ['evidence_expired', 'expired'],
  ['ir_commitment_failed', 'key'],
  ['receipt_replayed', 'seen before'],
  ['receipt_withheld', 'asked for, not received'],
  ['rule_rests_on_failed', 'signature'],
  ['capture_broken_off', 'broken off'],
] as const satisfies readonly (readonly [MessageId, string])[]

const MEASURED = [
  ['measurement_container_image_digest', 'image'],
  ['measurement_dstack_compose_hash', 'program'],
] as const satisfies readonly (readonly [MessageId, string])[]

function speaksOf(sentence: string): readonly string[] {
  const templates = [
    ...SUBJECTS.map(([id, subject]) => [textOf(id), subject] as const),
    ...MEASURED.map(([id, subject]) => [textOf('policy_mismatch').replace('$1', textOf(id)), subject] as const),
  ]
  return templates.filter(([template]) => isFilled(template, sentence)).map(([, subject]) => subject)
}

/** Whether a text is this template with something in its gaps. */
function isFilled(template: string, text: string): boolean {
  const [first = '', ...rest] = template.split(/\$[1-9]/)
  let end = first.length
  return (
    text.startsWith(first) &&
    rest.every((part, index) => {
      const at = index === rest.length - 1 ? text.length - part.length : text.indexOf(part, end)
      const found = at >= end && text.startsWith(part, at)
      end = at + part.length
      return found
    }) &&
    end === text.length
  )
}

function textOf(id: MessageId): string {
  return messages[id].message
}
