const panel = document.getElementById('panel')
const toggle = document.getElementById('panel-toggle')
const note = document.getElementById('note')

/** What the service says of an answer beside it. */
const NOTES = {
  'first-answer-is-honest':
    'This chat had no earlier receipt to replay, so that answer was honest. Ask once more and its receipt is sent again.',
  'no-receipt-asked': 'Nobody asked for a receipt with that request, so none was sent. Is the extension switched on for this page?',
}

/** Shows the scenarios of each service, and keeps the chosen one in the address. `chosen()` gives it with its group. */
export function setUpPanel(groups) {
  const asked = new URLSearchParams(location.search).get('scenario')
  const entries = groups.flatMap((group) => group.scenarios.map((scenario) => ({ group, ...entryFor(scenario) })))
  let chosen = entries.find(({ scenario }) => scenario.id === asked) ?? entries[0]
  const choose = (wanted) => {
    chosen = wanted
    for (const entry of entries) entry.show(entry === wanted)
    const address = new URL(location.href)
    address.searchParams.set('scenario', wanted.scenario.id)
    history.replaceState(null, '', address)
  }
  for (const entry of entries) entry.input.addEventListener('change', () => choose(entry))
  document.getElementById('scenarios').replaceChildren(
    ...groups.map((group) =>
      groupOf(
        group,
        entries.filter((entry) => entry.group === group),
      ),
    ),
  )
  choose(chosen)
  toggle.addEventListener('click', () => open(!panel.classList.contains('open')))
  document.getElementById('panel-close').addEventListener('click', () => open(false))
  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && panel.classList.contains('open')) open(false)
  })
  return { chosen: () => ({ group: chosen.group, scenario: chosen.scenario }) }
}

export function showNotes(ids) {
  const texts = ids.map((id) => NOTES[id]).filter(Boolean)
  note.hidden = texts.length === 0
  note.textContent = texts.join(' ')
}

/** Only on narrow screens does the panel open and close; wide ones always show it. */
function open(wanted) {
  panel.classList.toggle('open', wanted)
  toggle.setAttribute('aria-expanded', String(wanted))
  if (wanted) panel.querySelector('input:checked').focus()
  else toggle.focus()
}

/** All groups share one choice: their entries have one name. */
function groupOf({ title, about }, entries) {
  const group = document.createElement('fieldset')
  const legend = Object.assign(document.createElement('legend'), { textContent: title })
  const words = Object.assign(document.createElement('p'), { className: 'group-about', textContent: about })
  group.append(legend, words, ...entries.map(({ element }) => element))
  return group
}

function entryFor(scenario) {
  const element = document.createElement('div')
  const label = document.createElement('label')
  const input = Object.assign(document.createElement('input'), { type: 'radio', name: 'scenario', value: scenario.id })
  label.append(input, scenario.title)
  const details = document.createElement('dl')
  details.id = `about-${scenario.id}`
  input.setAttribute('aria-describedby', details.id)
  addTerm(details, 'What happens', scenario.did)
  addTerm(details, 'What a log shows', scenario.log)
  if (scenario.note) addTerm(details, 'To know', scenario.note)
  element.append(label, details)
  const show = (chosen) => {
    input.checked = chosen
    details.hidden = !chosen
    element.className = chosen ? 'scenario chosen' : 'scenario'
  }
  return { element, input, scenario, show }
}

function addTerm(list, term, text) {
  list.append(Object.assign(document.createElement('dt'), { textContent: term }))
  list.append(Object.assign(document.createElement('dd'), { textContent: text }))
}
