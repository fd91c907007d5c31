/** Terminal colours: when to use them, how to write them, how to take them out. */

/** What decides about colour; `process` fits. */
export interface ColorEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Whether to write colours to `stream`.
 * `NO_COLOR` (any non-empty value) and `FORCE_COLOR=0` switch off, `FORCE_COLOR` on; else the stream must be a
 * terminal that is not `TERM=dumb`. Specification: no-color.org and force-color.org.
 */
export function useColor(
  stream: { readonly isTTY?: boolean | undefined },
  { env }: ColorEnvironment = process,
): boolean {
  if (env.NO_COLOR) return false
  const force = env.FORCE_COLOR
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false'
  return stream.isTTY === true && env.TERM !== 'dumb'
}

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  italic: [3, 23],
  underline: [4, 24],
  inverse: [7, 27],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
  white: [37, 39],
  gray: [90, 39],
  brightRed: [91, 39],
  bgRed: [41, 49],
} as const satisfies Record<string, readonly [number, number]>

/** The name of a colour or weight. */
export type Ink = keyof typeof CODES

/** Writes text in an ink; see {@link painter}. */
export type Paint = (ink: Ink, text: string) => string

/** A {@link Paint} that colours when `on`, and gives the text back unchanged when not. */
export function painter(on: boolean): Paint {
  if (!on) return (_ink, text) => text
  return (ink, text) => `\x1b[${CODES[ink][0]}m${text}\x1b[${CODES[ink][1]}m`
}

// CSI sequences (colours, cursor), OSC sequences (titles, links) up to BEL or ST, and other two-byte escapes.
// Bounded repeats keep the expression linear on hostile text.
const SEQUENCES = /\x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]|\x1b\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)|\x1b[@-Z\\^_]/g

/** The text without terminal escape sequences. */
export function stripAnsi(text: string): string {
  return text.includes('\x1b') ? text.replace(SEQUENCES, '') : text
}
