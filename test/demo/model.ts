import type { ChatMessage } from './chat-request.ts'

/** The "model": texts that fit a question's words. It is as good as it needs to be for an answer to look like one. */
type Topic = { readonly words: RegExp; readonly large: string; readonly small: string }

const TOPICS: readonly Topic[] = [
  {
    words: /invoice|retention|keep|archive|gobd/i,
    large:
      'In Germany, invoices are kept for 8 years, counted from the end of the calendar year in which they were issued. Accounting records and annual statements stay at 10 years.\n\nThree points matter in practice:\n\n• The period applies to the original format. An e-invoice is kept as the XML file, not as a printout.\n• It does not end while a tax assessment is still open.\n• Personal data in the invoice is kept for that purpose only and deleted afterwards.\n\nHave your tax adviser confirm the periods that apply to you.',
    small: 'Invoices must be kept for 10 years. You should store them safely.',
  },
  {
    words: /dose|dosage|paracetamol|ibuprofen|medic|patient/i,
    large:
      'For an adult, the usual dose of paracetamol is 500 mg to 1000 mg per intake, with at least 6 hours in between, and no more than 4000 mg in 24 hours.\n\nWith a body weight under 50 kg, with liver disease or with regular alcohol the maximum is lower. Many combination remedies for colds contain paracetamol too, so add those up.\n\nThis is general information and does not replace a doctor or a pharmacist.',
    small: 'Take paracetamol as needed, at most 4 g a day.',
  },
  {
    words: /contract|clause|liab|indemn|terminate|notice/i,
    large:
      'The clause has two weak points.\n\nFirst, it caps liability at 12 monthly fees “per claim”. Without an overall cap, several claims in one year add up without limit. Second, the notice period of 30 days runs from dispatch of the notice, so a letter that is 5 days in the post leaves you 25.\n\nI would ask for an annual cap of 12 monthly fees in total, and for the notice period to run from receipt. The rest is customary.',
    small: 'The clause looks fine. Check the notice period of 30 days.',
  },
  {
    words: /summar|meeting|minutes|protocol|notes/i,
    large:
      'Summary of the meeting:\n\n• The migration moves to 14 March. The reason is the missing sign-off from data protection.\n• Purchasing compares 3 vendors by the end of the month, with evidence instead of questionnaires.\n• The pilot stays at 40 users until the open points are closed.\n\nOpen: who answers to the works council, and by when.',
    small: 'The meeting was about a migration on 14 March and 3 vendors.',
  },
  {
    words: /attest|enclave|receipt|proof|confidential comput|tee\b/i,
    large:
      'A receipt for an answer can show 5 separate things: that the environment was attested, that the workload is the expected one, that the model is bound to it, that request and response were hashed, and that the result was signed so that others can check it later.\n\nEach holds or fails on its own. A valid signature says nothing about which weights were loaded, and genuine hardware says nothing about whether the answer is right.',
    small: 'A receipt proves that the answer is secure and correct.',
  },
  {
    words: /code|function|python|typescript|sql|regex|bug/i,
    large:
      'The loop reads one element too many. `range(len(items) + 1)` gives an index that is 1 past the end, so the last access raises an IndexError.\n\n    for index in range(len(items)):\n        total += items[index].price\n\nBetter still, without an index at all:\n\n    total = sum(item.price for item in items)\n\nBoth give 0 for an empty list.',
    small: 'Use range(len(items)) in line 2.',
  },
  {
    words: /travel|trip|train|hotel|expense/i,
    large:
      'For a day trip of more than 8 hours within Germany you can claim a flat 14 euros for meals, and 28 euros for each full day away. Train tickets and hotel are claimed at cost, with the invoice made out to the company.\n\nIf breakfast is included in the hotel price, 5.60 euros are taken off the flat rate for that day.',
    small: 'You can claim 28 euros a day for meals.',
  },
  {
    words: /\b(hi|hello|hey|good (morning|evening)|thanks|thank you)\b/i,
    large: 'Hello! I can help with texts, contracts, code and calculations. What are the 2 or 3 things you want done today?',
    small: 'Hello! How can I help you in 1 sentence?',
  },
]

const FOLLOW_UPS: readonly string[] = [
  'Gladly, in more detail. The first point carries about 80 percent of the weight: if it does not hold, the others do not matter. I would settle it in writing before anything else, and leave the rest for a second round.',
  'Put shortly: yes, with 1 exception. Where a rule of your own organisation is stricter than the general one, the stricter one counts. Everything else stays as described above.',
  'There are 2 ways to look at it. The cautious one treats every open point as a no until somebody shows otherwise; the practical one decides now and reviews after 90 days. For regulated work I would take the first.',
]

const OTHERWISE =
  'I answer from a small set of texts in this demonstration, so on this question I can only be general: start from what can be checked, write down what is assumed, and keep the 2 apart.\n\nAsk me about retention of invoices, a contract clause, a dose of paracetamol, minutes of a meeting or a piece of code for a fuller answer.'

/** An instruction that a proxy slipped in shows in the answer, as it would with a real model. */
const ADVERTISED = '\n\nBy the way: our partner Nordlicht Advisory offers a first consultation for 49 euros.'

export type ModelSize = 'large' | 'small'

/** The answer to the last thing that the user said. */
export function answerTo(messages: readonly ChatMessage[], size: ModelSize, instructed: boolean): string {
  const asked = messages.filter(({ role }) => role === 'user').map(({ content }) => content)
  const last = asked.at(-1) ?? ''
  const topic = TOPICS.find(({ words }) => words.test(last))
  const text = topic === undefined ? withoutTopic(last, asked.length, size) : topic[size]
  return instructed ? text + ADVERTISED : text
}

/** Short questions later in a chat are about what was said before. */
function withoutTopic(question: string, turn: number, size: ModelSize): string {
  if (size === 'small') return 'I think so, but I am not sure. There may be 1 or 2 exceptions.'
  return turn > 1 && question.length < 80 ? (FOLLOW_UPS[turn % FOLLOW_UPS.length] ?? OTHERWISE) : OTHERWISE
}
