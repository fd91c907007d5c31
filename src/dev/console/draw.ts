/** Draws what the debugger answers as text for a terminal. */

import type { Paint } from '../../core/ansi.ts'
import { escapeControls } from '../../core/escape.ts'
import { shortPath } from '../../core/short-path.ts'
import { silentWorkers } from '../../debugger/processes/merge-lists.ts'
import type {
  Actions,
  Description,
  EvaluateAnswer,
  FrameSummary,
  OutputText,
} from '../../debugger/protocol.ts'
import { descriptionToText } from '../../inspect/to-text.ts'

/** The kept errors, a line each; `current` is marked. Workers that did not answer are told of. */
export function drawErrors(
  { errors, silent }: Actions['errors']['answer'],
  current: string,
  paint: Paint,
): string {
  const lines = errors.map(({ id, name, message, request, count, at }) => {
    const mark = id === current ? paint('cyan', '*') : ' '
    const [first = ''] = message.split('\n')
    const times = count > 1 ? paint('yellow', ` ${Number(count)} times`) : ''
    const where = paint('dim', `${safe(request ?? '')} ${new Date(at).toTimeString().slice(0, 8)}`)
    return `${mark} ${safe(id.slice(0, 8))}  ${paint('red', safe(name))}: ${safe(first)}${times}  ${where}`
  })
  const shown = lines.length === 0 ? ['No error is kept.'] : lines
  return [...shown, ...(silent > 0 ? [paint('yellow', silentWorkers(silent))] : [])].join('\n')
}

/** The frames of the chain without the runtime's, a line each, those with a console in bold. */
export function drawFrames(
  frames: readonly FrameSummary[],
  current: string,
  paint: Paint,
  cwd: string,
): string {
  const width = Math.max(...frames.map(({ frame }) => frame.length))
  const names = Math.min(40, Math.max(...frames.map((one) => one.function.length)))
  let error = ''
  return frames
    .filter((one) => one.kind !== 'runtime')
    .map((one) => {
      const index = one.frame.split('.')[0] ?? ''
      const head =
        index === error ? '' : `${index === '0' ? '' : `${one.relation}: `}${paint('red', safe(one.error))}\n`
      error = index
      const mark = one.frame === current ? paint('cyan', '*') : ' '
      const name = safe(one.function).padEnd(names)
      const shown = one.state === 'live' ? paint('bold', name) : paint('dim', name)
      const why = one.state === 'after-replay' ? paint('dim', '  live when the request is made again') : ''
      return `${head}${mark} ${one.frame.padEnd(width)}  ${shown}  ${paint('cyan', place(one, cwd))}${why}`
    })
    .join('\n')
}

/** Where a frame stands: `app.mjs:45:39`. */
export function place({ file, line, column }: FrameSummary, cwd: string): string {
  if (file === undefined) return 'native'
  return safe([shortPath(file, cwd), line, column].filter((part) => part !== undefined).join(':'))
}

/** A frame's locals, a line or more each. */
export function drawLocals({ value }: Actions['locals']['answer'], paint: Paint): string {
  const lines = (value.entries ?? []).map(
    (entry) => `${paint('cyan', safe(entry.key))} = ${drawValue(entry.value, paint)}`,
  )
  return lines.join('\n') || 'No local names of this frame are known.'
}

/** What became of an input; undefined where nothing is to be said. */
export function drawAnswer(code: string, answer: EvaluateAnswer, paint: Paint): string {
  if (answer.kind === 'incomplete') return paint('red', `SyntaxError: ${safe(answer.message)}`)
  if (answer.kind === 'syntax-error') {
    const line = safe(code.split('\n')[answer.line - 1] ?? '')
    return `${line}\n${' '.repeat(answer.column - 1)}${paint('red', '^')}\n${paint('red', `SyntaxError: ${safe(answer.message)}`)}`
  }
  const output = answer.output.map((one) => drawOutput(one, paint))
  return [...output, drawResult(answer, paint)].filter((part) => part !== undefined).join('\n')
}

function drawResult(
  answer: Exclude<EvaluateAnswer, { kind: 'incomplete' | 'syntax-error' }>,
  paint: Paint,
): string | undefined {
  switch (answer.kind) {
    case 'value':
      return answer.value.type === 'undefined' && answer.output.length > 0
        ? undefined
        : drawValue(answer.value, paint)
    case 'threw':
      return paint('red', lines(answer.traceback))
    case 'timeout':
      return paint(
        'red',
        `Ended after ${answer.limitMs} ms: it did not stop by itself. (Option consoleTimeoutMs)`,
      )
    case 'pending':
      return paint(
        'yellow',
        `The promise has not settled after ${answer.limitMs} ms; it goes on in the server.`,
      )
  }
}

function drawOutput({ stream, text }: OutputText, paint: Paint): string {
  return stream === 'stderr' ? paint('yellow', lines(text)) : lines(text)
}

/** The whole description, as far as the server has sent it. */
function drawValue(value: Description, paint: Paint): string {
  const text = lines(descriptionToText(value))
  switch (value.type) {
    case 'string':
      return paint('green', text)
    case 'number':
    case 'bigint':
    case 'boolean':
      return paint('yellow', text)
    case 'undefined':
    case 'null':
      return paint('dim', text)
    default:
      return text
  }
}

/** Nothing that a program printed or named may steer the terminal. */
const safe = (text: string): string => escapeControls(text)
const lines = (text: string): string => text.split('\n').map(safe).join('\n')
