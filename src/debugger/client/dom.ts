/** Builds DOM from data. Text only ever becomes text nodes: nothing the server says is parsed as HTML. */

type Child = Node | string | undefined
type Properties = Readonly<Record<string, string | boolean | ((event: Event) => void) | undefined>>

/** An element with attributes (`on…` functions become listeners) and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue
    if (typeof value === 'function') element.addEventListener(name.replace(/^on/, ''), value)
    else element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...children.filter((child) => child !== undefined))
  return element
}

/** Says something to screen readers and shows it for a moment. */
export function announce(text: string): void {
  const status = document.getElementById('rs-status')
  if (status !== null) status.textContent = text
}
