/** What was typed into the consoles of this tab; survives reloads, shared by all frames. */

const KEY = 'rocksolid.history'
const MAX_INPUTS = 200
const MAX_LENGTH = 100_000

export interface History {
  add(input: string): void
  /** The input before the one shown; `current` is what stands in the prompt, to come back to. */
  older(current: string): string | undefined
  newer(): string | undefined
}

export function history(): History {
  let position: number | undefined
  let draft = ''
  return {
    add(input) {
      position = undefined
      const inputs = read().filter((one) => one !== input)
      write([...inputs, input].slice(-MAX_INPUTS))
    },
    older(current) {
      const inputs = read()
      if (position === undefined) draft = current
      const next = (position ?? inputs.length) - 1
      if (next < 0) return undefined
      position = next
      return inputs[next]
    },
    newer() {
      if (position === undefined) return undefined
      const inputs = read()
      position += 1
      if (position < inputs.length) return inputs[position]
      position = undefined
      return draft
    },
  }
}

function read(): string[] {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]')
    return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
  } catch {
    return []
  }
}

function write(inputs: readonly string[]): void {
  try {
    const text = JSON.stringify(inputs)
    if (text.length < MAX_LENGTH) sessionStorage.setItem(KEY, text)
  } catch {
    // Storage that is full or forbidden costs the history of this tab, nothing else.
  }
}
