const turns = document.getElementById('turns')
const scroller = document.getElementById('scroller')
// Long conversations can be scrolled with the keyboard, too.
scroller.tabIndex = 0

export function addQuestion(text) {
  const turn = addTurn('user')
  turn.append(textBlock(text))
  scroller.scrollTop = scroller.scrollHeight
}

/** A place for an answer that is on its way. Text is only ever set as text. */
export function addAnswer(scenario) {
  const turn = addTurn('assistant')
  const mark = document.createElement('img')
  Object.assign(mark, { src: '/icon.svg', alt: 'Answer', width: 32, height: 32 })
  const text = textBlock('')
  text.classList.add('streaming')
  turn.append(mark, text)
  return {
    append(piece) {
      const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80
      text.append(piece)
      if (atEnd) scroller.scrollTop = scroller.scrollHeight
    },
    get text() {
      return text.textContent
    },
    /** `trouble` says what went wrong, where something did. */
    end(trouble) {
      text.classList.remove('streaming')
      const caption = document.createElement('p')
      caption.className = 'caption'
      if (trouble) {
        const words = document.createElement('span')
        words.className = 'trouble'
        words.textContent = trouble
        caption.append(words, ' ')
      }
      caption.append(`Scenario: ${scenario}`)
      turn.append(caption)
      scroller.scrollTop = scroller.scrollHeight
    },
  }
}

export function removeAll() {
  turns.replaceChildren()
}

function addTurn(who) {
  const turn = document.createElement('li')
  turn.className = `turn ${who}`
  turns.append(turn)
  return turn
}

function textBlock(text) {
  const block = document.createElement('div')
  block.className = 'text'
  block.textContent = text
  return block
}
