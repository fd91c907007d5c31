/**
 * Finds the frame lines of a stack's text. The text before them is the message, which may be hostile and may look
 * like frames; it is cut off by comparing with the message itself, so that no message can name a file.
 */

/** The text of a stack, taken apart. */
export interface StackLines {
  /** The `at …` lines, trimmed, at most {@link MAX_LINES}. */
  readonly lines: readonly string[]
  /** `path:line` that the runtime writes above a syntax error of a file it could not load. */
  readonly location: string | undefined
}

/** Most characters of a stack that are looked at. */
export const MAX_STACK = 64 * 1024
/** Most frame lines. */
export const MAX_LINES = 400
/** Most characters of one line. */
const MAX_LINE = 1000

/** Longest `Name [code]: ` in front of a message. */
const MAX_PREFIX = 300

/** What an error says of itself, as far as it helps to tell its message from its frames. */
export interface Header {
  readonly name: string | undefined
  readonly message: string | undefined
}

/** Takes the stack apart. Time grows linearly with the capped text. */
export function stackLines(stack: string, { name, message }: Header): StackLines {
  const after = headerEnd(stack, name, message ?? '')
  if (after !== undefined) {
    const lines = firstBlock(stack.slice(after, after + MAX_STACK))
    return { lines, location: syntaxLocation(stack, name, after) }
  }
  // The message was changed after the stack had been made. Lines that the message of now contains are message.
  const lines = lastBlock(stack.length > MAX_STACK ? stack.slice(-MAX_STACK) : stack)
  const text = message ?? ''
  const lastOfMessage = lines.findLastIndex((line) => text.includes(`at ${line}`))
  return { lines: lines.slice(lastOfMessage + 1), location: undefined }
}

/** Where the header ends; undefined when the stack does not begin with the error's message of now. */
function headerEnd(stack: string, name: string | undefined, message: string): number | undefined {
  if (message === '') {
    const firstLine = lineAt(stack, 0)
    if (isFrameLine(firstLine)) return 0
    // Nothing but a name stands above the frames, or the header holds a message that is gone.
    return firstLine === name || /^[\w$ .[\]]{0,200}$/.test(firstLine) ? firstLine.length : undefined
  }
  const start = stack.indexOf(message)
  if (start < 0) return undefined
  const prefix = stack.slice(0, start)
  const end = start + message.length
  if (prefix.length <= MAX_PREFIX && !prefix.includes('\n') && endsLine(stack, end)) return end
  // A syntax error of a loaded file has the file, the line and a marker above its name.
  if (name !== 'SyntaxError' || !SYNTAX_LOCATION.test(lineAt(stack, 0))) return undefined
  const named = /\nSyntaxError(?: \[[A-Z_]{1,100}\])?: /.exec(stack)
  const messageAt = named === null ? -1 : named.index + named[0].length
  return messageAt >= 0 && stack.startsWith(message, messageAt) ? messageAt + message.length : undefined
}

const endsLine = (stack: string, end: number): boolean => end >= stack.length || stack[end] === '\n'

function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start)
  return text.slice(start, Math.min(end < 0 ? text.length : end, start + MAX_LINE))
}

const SYNTAX_LOCATION = /^(?:\/|file:\/\/|[A-Za-z]:\\)[^\n]{1,900}:\d{1,9}$/

function syntaxLocation(stack: string, name: string | undefined, headerEnd: number): string | undefined {
  if (name !== 'SyntaxError' || headerEnd === 0) return undefined
  const first = lineAt(stack, 0)
  return first.length < headerEnd && SYNTAX_LOCATION.test(first) ? first : undefined
}

const isFrameLine = (line: string): boolean => /^\s{2,16}at \S/.test(line)

/** The frames right after a header; what follows them was appended by somebody. */
function firstBlock(text: string): string[] {
  const lines: string[] = []
  for (const line of cappedLines(text)) {
    if (isFrameLine(line)) lines.push(clean(line))
    else if (lines.length > 0 && !isSeparator(line)) break
  }
  return lines.slice(0, MAX_LINES)
}

/** The frames at the end of the text. */
function lastBlock(text: string): string[] {
  let lines: string[] = []
  let ended = false
  for (const line of cappedLines(text)) {
    if (isFrameLine(line)) {
      if (ended) lines = []
      ended = false
      lines.push(clean(line))
    } else if (line.trim() !== '' && !isSeparator(line)) ended = true
  }
  return lines.slice(0, MAX_LINES)
}

/** Libraries with long stacks draw a line between the parts. */
const isSeparator = (line: string): boolean => /^\s{0,16}-{3,40}\s{0,4}$/.test(line)

function* cappedLines(text: string): Generator<string> {
  let start = 0
  for (let count = 0; start < text.length && count < MAX_LINES * 2; count++) {
    const end = text.indexOf('\n', start)
    const stop = end < 0 ? text.length : end
    yield text.slice(start, Math.min(stop, start + MAX_LINE))
    start = stop + 1
  }
}

/** The line without its `at`, runs of blanks as one: some expressions downstream are quadratic in them. */
const clean = (line: string): string =>
  line
    .trim()
    .slice(3)
    .replace(/[ \t]{2,}/g, ' ')
    .trim()
