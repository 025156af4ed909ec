/*
 * What a page's world has and Node has not, as little of it as the hook uses: a document with an address, and XMLHttpRequest. Everything
 * else (fetch, Response, streams, URL) is Node's own.
 */

class FakeNode {
  get baseURI(): string {
    return 'https://chat.example/app/'
  }
}

export type FakeAnswer = { readonly status: number; readonly response: unknown; readonly responseType: string }

/** One call of the page's, with what came of it put in by the test. */
export class FakeXhr extends EventTarget {
  readonly sent: { readonly method: string; readonly url: string; readonly headers: [string, string][]; body?: unknown }[] = []
  #answer: FakeAnswer = { status: 0, response: '', responseType: '' }
  #withCredentials = false
  get status(): number {
    return this.#answer.status
  }
  get response(): unknown {
    return this.#answer.response
  }
  get responseType(): string {
    return this.#answer.responseType
  }
  get withCredentials(): boolean {
    return this.#withCredentials
  }
  set withCredentials(value: boolean) {
    this.#withCredentials = value
  }
  open(method: string, url: string | URL): void {
    this.sent.push({ method, url: String(url), headers: [] })
  }
  setRequestHeader(name: string, value: string): void {
    this.sent.at(-1)?.headers.push([name, value])
  }
  send(body?: unknown): void {
    const call = this.sent.at(-1)
    if (call === undefined) throw new Error('not open')
    call.body = body
  }
  /** Has the call end. */
  end(answer: FakeAnswer): void {
    this.#answer = answer
    this.dispatchEvent(new Event('loadend'))
  }
}

/** Puts the page's world in place. `native` is the `fetch` that the page has. */
export function pageWorld(native: typeof fetch): void {
  Object.assign(globalThis, {
    window: globalThis,
    Node: FakeNode,
    document: new FakeNode(),
    XMLHttpRequest: class extends FakeXhr {},
    fetch: native,
  })
  // The hook takes methods and getters off the very prototype that pages use.
  const own = Object.getOwnPropertyDescriptors(FakeXhr.prototype)
  Object.defineProperties(XMLHttpRequest.prototype, own)
}
