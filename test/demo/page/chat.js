import { streamAnswer } from './completions.js'
import { addAnswer, addQuestion, removeAll } from './messages.js'
import { setUpPanel, showNotes } from './panel.js'

const STARTERS = [
  'How long do we have to keep invoices?',
  'What does this liability clause get wrong?',
  'Summarise the minutes of the last meeting.',
  'What can a receipt for an AI answer prove?',
]

const element = (id) => document.getElementById(id)
const [composer, question, send, stop, welcome, announcer] = ['composer', 'question', 'send', 'stop', 'welcome', 'announcer'].map(element)

const config = await (await fetch('/config.json')).json()
const panel = setUpPanel(config.groups)
/** Made up for this visit: receipts are given only to whoever asked the question. */
const credential = `Bearer demo-${crypto.randomUUID()}`
element('model').textContent = config.model

let conversation = newConversation()
/** Stops the answer that is on its way; undefined while there is none. */
let running

function newConversation() {
  return { id: crypto.randomUUID(), messages: [] }
}

async function ask(text) {
  const { id, messages } = conversation
  const { group, scenario } = panel.chosen()
  welcome.hidden = true
  addQuestion(text)
  messages.push({ role: 'user', content: text })
  const answer = addAnswer(`${scenario.title} (${group.title})`)
  running = new AbortController()
  const { signal } = running
  show(true)
  showNotes([])
  announcer.textContent = 'Answering'
  let trouble
  try {
    const url = `${group.completions}?${new URLSearchParams({ scenario: scenario.id, conversation: id })}`
    const headers = group.signsIn ? { authorization: credential } : {}
    const onResponse = (response) => showNotes(response.headers.get('x-demo-notes')?.split(' ') ?? [])
    for await (const piece of streamAnswer({ url, headers, model: config.model, messages, signal, onResponse })) answer.append(piece)
  } catch (error) {
    trouble = signal.aborted ? 'You stopped this answer.' : troubleOf(error)
  }
  // What the model is told next time is what is on the screen, whole or not.
  messages.push({ role: 'assistant', content: answer.text })
  answer.end(trouble)
  announcer.textContent = trouble ?? `Answer complete: ${answer.text}`
  running = undefined
  show(false)
}

/** The browser's own words for a broken connection differ and say little. */
function troubleOf(error) {
  return error instanceof TypeError ? 'The connection broke off.' : error.message
}

function show(answering) {
  const hadFocus = document.activeElement === send || document.activeElement === stop
  send.hidden = answering
  stop.hidden = !answering
  if (hadFocus) (answering ? stop : question).focus()
}

composer.addEventListener('submit', (event) => {
  event.preventDefault()
  const text = question.value.trim()
  if (text === '' || running) return
  question.value = ''
  ask(text)
})
question.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  composer.requestSubmit()
})
stop.addEventListener('click', () => running?.abort())
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') running?.abort()
})
element('new-chat').addEventListener('click', () => {
  running?.abort()
  conversation = newConversation()
  removeAll()
  showNotes([])
  welcome.hidden = false
  question.focus()
})

for (const text of STARTERS) {
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: text })
  button.addEventListener('click', () => {
    if (running) return
    question.focus()
    ask(text)
  })
  const item = document.createElement('li')
  item.append(button)
  element('starters').append(item)
}

const theme = element('theme')
const dark = matchMedia('(prefers-color-scheme: dark)')
const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark'
const showTheme = () => theme.setAttribute('aria-pressed', String(isDark()))
theme.addEventListener('click', () => {
  document.documentElement.dataset.theme = isDark() ? 'light' : 'dark'
  showTheme()
})
dark.addEventListener('change', showTheme)
showTheme()
question.focus()
