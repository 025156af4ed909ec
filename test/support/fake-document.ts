/*
 * As much of a document as making elements takes. It keeps what was made in a form that a test can compare, and text apart from markup.
 */

class FakeElement {
  readonly attributes: Record<string, string> = {}
  readonly children: (FakeElement | string)[] = []
  readonly tag: string
  readonly namespace: string | undefined
  constructor(tag: string, namespace?: string) {
    this.tag = tag
    this.namespace = namespace
  }
  setAttribute(name: string, value: string): void {
    this.attributes[name] = value
  }
  /** As in a document: what is no node becomes text. */
  append(child: unknown): void {
    this.children.push(child instanceof FakeElement ? child : String(child))
  }
}

/** Stands in for `document`. Anything else that is asked of it is not there. */
export const fakeDocument = {
  createElement: (tag: string) => new FakeElement(tag),
  createElementNS: (namespace: string, tag: string) => new FakeElement(tag, namespace),
}
