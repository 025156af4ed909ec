/** The background of the stories: answers from session storage, so that a worker that was stopped in between says the same. */
globalThis.chromeStorage = () => chrome.storage.session
globalThis.sendNotice = (notice) => chrome.runtime.sendMessage(notice)
globalThis.askedSoFar = async () => (await chrome.storage.session.get('asked')).asked ?? []

chrome.runtime.onMessage.addListener((message, _sender, respond) => {
  answer(message).then(respond)
  return true
})

async function answer(message) {
  const { answers = {}, asked = [] } = await chrome.storage.session.get(['answers', 'asked'])
  await chrome.storage.session.set({ asked: [...asked, message] })
  if (message.type === 'ui/state') return answers.state
  if (message.type === 'ui/exchange') return answers.detail
  if (message.type === 'ui/delete-all') {
    if (answers.deleted !== undefined) await chrome.storage.session.set({ answers: { ...answers, state: answers.after ?? answers.state } })
    return answers.deleted
  }
  return undefined
}
