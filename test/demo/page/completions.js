/**
 * Asks for a streamed answer and yields its pieces of text. `onResponse` is called when the headers are there. Throws an `Error` with a
 * message for people when the service refuses, and when the stream ends before it is over.
 */
export async function* streamAnswer({ url, headers, model, messages, signal, onResponse }) {
  const body = JSON.stringify({ model, messages, stream: true, stream_options: { include_usage: true } })
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body, signal })
  onResponse(response)
  if (!response.ok) throw new Error(await refusalOf(response))
  for await (const data of dataOf(response.body)) {
    if (data === '[DONE]') return
    const text = JSON.parse(data).choices[0]?.delta.content
    if (text) yield text
  }
  throw new Error('The answer ended early.')
}

async function refusalOf(response) {
  const { error } = await response.json()
  return `The service refused: ${error.message}`
}

/** The data of each server-sent event, as the service frames them: one `data:` line, then an empty line. */
async function* dataOf(stream) {
  let rest = ''
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop()
    for (const block of blocks) if (block.startsWith('data: ')) yield block.slice(6)
  }
}
