/** One console: a log, and a prompt that takes several lines, remembers and never loses what was typed. */

import type { EvaluateAnswer, OutputText, Refusal } from '../protocol.ts'
import type { Api } from './api.ts'
import { completion } from './completion.ts'
import { announce, h } from './dom.ts'
import { history } from './history.ts'
import { indentAfter } from './indent.ts'
import { preview } from './preview.ts'
import { type OpenValue, valueTree } from './value-tree.ts'

export interface ConsoleView {
  readonly element: HTMLElement
  focus(): void
}

/** Entries of the log kept in the page; the oldest go. */
const MAX_ENTRIES = 500

/** `onLocked` is called when the server says that this browser is not unlocked (any more). */
export function consoleView(api: Api, frame: string, label: string, onLocked: () => void): ConsoleView {
  // The console beside the errors has neither a frame nor an error.
  const isAlone = api.data.alone === true
  const log = h('div', { class: 'rs-console-log', role: 'log', 'aria-label': `Results in ${label}` })
  const prompt = h('textarea', {
    class: 'rs-console-input',
    rows: '1',
    spellcheck: 'false',
    autocapitalize: 'off',
    autocomplete: 'off',
    'aria-label': `Console in ${label}. Enter runs, Shift+Enter adds a line.`,
    placeholder: isAlone ? 'Evaluate in this process' : 'Evaluate in this frame',
  })
  const recall = history()
  const hint = h(
    'p',
    { class: 'rs-console-hint' },
    `Enter runs · Shift+Enter new line · Tab completes · ↑↓ history · Ctrl+L clears · _ last value${isAlone ? '' : ' · _error the error'}`,
  )
  let busy = false

  const write = (...nodes: readonly (HTMLElement | undefined)[]): void => {
    log.append(...nodes.filter((node) => node !== undefined))
    while (log.childElementCount > MAX_ENTRIES) log.firstElementChild?.remove()
    log.scrollTop = log.scrollHeight
  }

  const resize = (): void => {
    prompt.rows = Math.min(20, prompt.value.split('\n').length)
  }

  /** Opens a result of this console further. */
  const opener =
    (result: number): OpenValue =>
    async (path, run, from = 0) => {
      const reply = await api.post('open', { error: api.data.error, frame, result, path, run, from })
      return reply.ok ? reply.value.value : reply.refusal.explanation
    }

  const completions = completion(prompt, async (code, cursor) => {
    const reply = await api.post('complete', { error: api.data.error, frame, code, cursor })
    return reply.ok ? reply.value : undefined
  })

  const shown = preview(prompt, async (code) => {
    const reply = await api.post('preview', { error: api.data.error, frame, code })
    return reply.ok ? reply.value : undefined
  })

  async function run(): Promise<void> {
    const code = prompt.value
    if (busy || code.trim() === '') return
    busy = true
    prompt.setAttribute('aria-busy', 'true')
    const reply = await api.post('evaluate', { error: api.data.error, frame, code })
    busy = false
    prompt.removeAttribute('aria-busy')
    if (reply.ok && reply.value.kind === 'incomplete') {
      const line = `\n${indentAfter(prompt.value.slice(0, prompt.selectionStart))}`
      prompt.setRangeText(line, prompt.selectionStart, prompt.selectionEnd, 'end')
      resize()
      return
    }
    if (!reply.ok && reply.status === 401) {
      onLocked()
      return
    }
    recall.add(code)
    write(
      h('pre', { class: 'rs-console-echo' }, code),
      ...(reply.ok ? answerParts(code, reply.value, opener) : [refusalPart(reply.refusal)]),
    )
    prompt.value = ''
    prompt.dispatchEvent(new Event('input'))
  }

  prompt.addEventListener('input', resize)
  prompt.addEventListener('blur', completions.close)
  prompt.addEventListener('keydown', (event) => {
    if (event.isComposing) return
    if (completions.onKey(event)) {
      event.preventDefault()
      return
    }
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault()
      void run()
    } else if (event.key === 'l' && event.ctrlKey) {
      event.preventDefault()
      log.replaceChildren()
      announce('Console cleared')
    } else if (event.key === 'ArrowUp' && !prompt.value.slice(0, prompt.selectionStart).includes('\n')) {
      recallInto(prompt, recall.older(prompt.value), event)
      resize()
    } else if (event.key === 'ArrowDown' && !prompt.value.slice(prompt.selectionEnd).includes('\n')) {
      recallInto(prompt, recall.newer(), event)
      resize()
    }
  })

  const element = h(
    'div',
    { class: 'rs-console' },
    log,
    h('div', { class: 'rs-console-prompt' }, h('span', { 'aria-hidden': 'true' }, '›'), prompt),
    shown,
    completions.element,
    hint,
  )
  return { element, focus: () => prompt.focus() }
}

function recallInto(prompt: HTMLTextAreaElement, text: string | undefined, event: Event): void {
  if (text === undefined) return
  event.preventDefault()
  prompt.value = text
}

type Opener = (result: number) => OpenValue

function answerParts(code: string, answer: EvaluateAnswer, opener: Opener): (HTMLElement | undefined)[] {
  if (answer.kind === 'syntax-error') return [syntaxPart(code, answer)]
  if (answer.kind === 'incomplete') return []
  const output = answer.output.map(outputPart)
  switch (answer.kind) {
    case 'value':
      return [
        ...output,
        answer.value.type === 'undefined' && output.length > 0
          ? undefined
          : result(valueTree(answer.value, opener(answer.result))),
      ]
    case 'threw': {
      // Its name and message stand in the traceback; what else it carries can be opened.
      const carries = (answer.value.entries?.length ?? 0) > 0 || answer.value.deeper === true
      const tree = carries ? result(valueTree(answer.value, opener(answer.result))) : undefined
      return [...output, h('pre', { class: 'rs-console-error' }, answer.traceback), tree]
    }
    case 'timeout':
      return [
        ...output,
        note(`Ended after ${answer.limitMs} ms: it did not stop by itself. (Option consoleTimeoutMs)`),
      ]
    case 'pending':
      return [
        ...output,
        note(`The promise has not settled after ${answer.limitMs} ms; it goes on in the server.`),
      ]
  }
}

function syntaxPart(
  code: string,
  { message, line, column }: { message: string; line: number; column: number },
): HTMLElement {
  const at = code.split('\n')[line - 1] ?? ''
  return h(
    'pre',
    { class: 'rs-console-error' },
    `SyntaxError: ${message}\n${at}\n${' '.repeat(Math.max(0, column - 1))}^`,
  )
}

function outputPart({ stream, text }: OutputText): HTMLElement {
  return h('pre', { class: `rs-console-${stream}` }, text)
}

function refusalPart({ error, explanation }: Refusal): HTMLElement {
  return h('p', { class: 'rs-console-note', role: 'alert' }, h('strong', {}, error), ` ${explanation}`)
}

function note(text: string): HTMLElement {
  return h('p', { class: 'rs-console-note' }, text)
}

function result(tree: HTMLElement): HTMLElement {
  return h('div', { class: 'rs-console-result' }, tree)
}
