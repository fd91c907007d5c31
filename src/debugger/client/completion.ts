/** The list of completions under a prompt: Tab after a word or Ctrl+Space opens it, arrows choose, Enter or Tab takes. */

import type { CompleteAnswer } from '../protocol.ts'
import { h } from './dom.ts'

export interface Completion {
  readonly element: HTMLElement
  /** Handles a key of the prompt; true when it was for the list. */
  onKey(event: KeyboardEvent): boolean
  close(): void
}

const MAX_SHOWN = 12
let lists = 0

export function completion(
  prompt: HTMLTextAreaElement,
  ask: (code: string, cursor: number) => Promise<CompleteAnswer | undefined>,
): Completion {
  const id = `rs-completion-${lists++}`
  const list = h('ul', {
    class: 'rs-completion',
    role: 'listbox',
    id,
    'aria-label': 'Completions',
    hidden: true,
  })
  let items: readonly string[] = []
  let from = 0
  let chosen = 0

  const isOpen = (): boolean => !list.hidden
  const close = (): void => {
    list.hidden = true
    prompt.removeAttribute('aria-activedescendant')
  }
  const draw = (): void => {
    const first = Math.max(0, Math.min(chosen - MAX_SHOWN + 1, items.length - MAX_SHOWN))
    const shown = items.slice(first, first + MAX_SHOWN).map((item, offset) => {
      const index = first + offset
      const element = h(
        'li',
        { role: 'option', id: `${id}-${index}`, 'aria-selected': String(index === chosen) },
        item,
      )
      element.addEventListener('mousedown', (event) => {
        event.preventDefault()
        take(item)
      })
      return element
    })
    list.replaceChildren(...shown)
    list.hidden = false
    prompt.setAttribute('aria-activedescendant', `${id}-${chosen}`)
  }
  const take = (item: string): void => {
    prompt.setRangeText(item, from, prompt.selectionEnd, 'end')
    prompt.dispatchEvent(new Event('input'))
    close()
  }

  async function open(): Promise<void> {
    const code = prompt.value
    const cursor = prompt.selectionEnd
    const answer = await ask(code, cursor)
    if (answer === undefined || answer.items.length === 0 || prompt.value !== code) return close()
    ;({ items, from } = answer)
    chosen = 0
    if (items.length === 1) take(items[0] as string)
    else draw()
  }

  function onKey(event: KeyboardEvent): boolean {
    const isWord = /[\w$.]$/.test(prompt.value.slice(0, prompt.selectionStart))
    if (!isOpen()) {
      const asks = (event.key === ' ' && event.ctrlKey) || (event.key === 'Tab' && !event.shiftKey && isWord)
      if (asks) void open()
      return asks
    }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      chosen = (chosen + (event.key === 'ArrowDown' ? 1 : items.length - 1)) % items.length
      draw()
      return true
    }
    if (event.key === 'Enter' || event.key === 'Tab') {
      take(items[chosen] as string)
      return true
    }
    close()
    return event.key === 'Escape'
  }

  prompt.setAttribute('aria-controls', id)
  prompt.setAttribute('aria-autocomplete', 'list')
  return { element: list, onKey, close }
}
