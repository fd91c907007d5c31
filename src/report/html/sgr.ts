/**
 * Reads the colours of a terminal text and writes them down again in the few forms that ansi-html gets right: one
 * number a sequence, each opened once and closed in order. Everything else a terminal understands is dropped.
 */

/** What the text looks like at a place, as the codes of ansi-html. */
interface Look {
  color: number | undefined
  background: number | undefined
  readonly marks: Set<number>
}

/** The closing code of each opening one. */
const closing = (code: number): number => {
  if (code >= 40 && code < 50) return 49
  if (code >= 30) return 39
  return code === 1 || code === 2 ? 22 : code + 20
}

const MARKS = new Set([1, 2, 3, 4, 9])

// A CSI sequence with its parameters and last byte, an OSC sequence, or another escape of two characters; all
// repeats are bounded so that hostile text costs no more than its length.
const SEQUENCE =
  /(?:\x1b\[|\x9b)([0-9;:]{0,64})[ -/]{0,4}([@-~])|\x1b\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)?|\x1b[@-Z\\^_]?/g

/**
 * The text with its colours in simple form. `clean` is applied to everything between the sequences, so that what
 * it returns holds no markup but what the colours will become.
 */
export function simplifyAnsi(text: string, clean: (text: string) => string): string {
  const look: Look = { color: undefined, background: undefined, marks: new Set() }
  let result = ''
  let at = 0
  const add = (part: string): void => {
    if (part === '') return
    const codes = [...look.marks, look.background, look.color].filter((code) => code !== undefined)
    result += codes.map((code) => `\x1b[${code}m`).join('') + clean(part)
    result += codes
      .reverse()
      .map((code) => `\x1b[${closing(code)}m`)
      .join('')
  }
  for (const match of text.matchAll(SEQUENCE)) {
    add(text.slice(at, match.index))
    at = match.index + match[0].length
    if (match[2] === 'm') apply(look, match[1] ?? '')
  }
  add(text.slice(at))
  return result
}

function apply(look: Look, parameters: string): void {
  const codes = parameters.split(/[;:]/).map((part) => (part === '' ? 0 : Number(part)))
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? 0
    if (code === 38 || code === 48) {
      const [color, used] = extendedColor(codes.slice(index + 1))
      index += used
      if (color !== undefined && code === 38) look.color = 30 + color
      else if (color !== undefined) look.background = 40 + color
    } else applyOne(look, code)
  }
}

function applyOne(look: Look, code: number): void {
  if (code === 0) {
    look.color = look.background = undefined
    look.marks.clear()
  } else if (MARKS.has(code)) look.marks.add(code)
  else if (code === 21 || code === 22) {
    look.marks.delete(1)
    look.marks.delete(2)
  } else if (code === 23 || code === 24 || code === 29) look.marks.delete(code - 20)
  else if (code === 39) look.color = undefined
  else if (code === 49 || code === 27) look.background = undefined
  else if (code === 7) look.background = 47
  else if (code >= 30 && code <= 37) look.color = code
  else if (code >= 40 && code <= 47) look.background = code
  else if (code === 90) look.color = 90
  else if (code > 90 && code <= 97) look.color = code - 60
  else if (code >= 100 && code <= 107) look.background = code - 60
}

/** `5;n` or `2;r;g;b` as one of eight colours, and how many numbers it took. */
function extendedColor(codes: readonly number[]): [color: number | undefined, used: number] {
  if (codes[0] === 5) return [paletteColor(codes[1] ?? 0), 2]
  if (codes[0] === 2) return [nearestColor(codes[1] ?? 0, codes[2] ?? 0, codes[3] ?? 0), 4]
  return [undefined, 1]
}

function paletteColor(index: number): number {
  if (index < 16) return index % 8
  if (index >= 232) return index < 244 ? 0 : 7
  const cube = index - 16
  const level = (value: number): number => (value % 6) * 51
  return nearestColor(level(Math.floor(cube / 36)), level(Math.floor(cube / 6)), level(cube))
}

/** Each channel on or off: the order of the bits is the order of the eight colours. */
function nearestColor(red: number, green: number, blue: number): number {
  const half = Math.max(red, green, blue) / 2
  if (half < 24) return 0
  return (red > half ? 1 : 0) + (green > half ? 2 : 0) + (blue > half ? 4 : 0)
}
