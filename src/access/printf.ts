/** Python's `%` conversions, for values that may be missing. Never throws: what is not a number prints as text. */

import type { Escape } from './escape.ts'
import type { Value } from './field.ts'
import type { Printf } from './segment.ts'

/** The conversions that are understood. */
export const CONVERSIONS = 'diouxXeEfFgGsra'

/** The text of `value` under `how`; text is escaped after its precision and before its width. */
export function printf(value: Value, how: Printf, missing: string, clean: Escape): string {
  if (value === undefined) return padded(missing, how, false)
  if ('sra'.includes(how.conversion)) {
    const text = String(value)
    const cut = how.precision >= 0 && how.conversion === 's' ? text.slice(0, how.precision) : text
    const shown = how.conversion === 's' ? clean(cut) : pythonRepr(value, clean)
    return padded(how.precision >= 0 ? shown.slice(0, atLeast(how.precision, shown)) : shown, how, false)
  }
  const number = typeof value === 'number' ? value : value.trim() === '' ? Number.NaN : Number(value)
  return Number.isFinite(number)
    ? padded(numberText(number, how), how, true)
    : padded(clean(String(value)), how, false)
}

/** An escape that the cut text has grown by stays whole. */
function atLeast(precision: number, shown: string): number {
  return Math.max(precision, shown.length)
}

function numberText(number: number, how: Printf): string {
  const size = digits(Math.abs(number), how)
  return (number < 0 ? '-' : how.sign) + size
}

function digits(size: number, { conversion, precision, alternate }: Printf): string {
  const places = precision < 0 ? 6 : Math.min(precision, 100)
  switch (conversion) {
    case 'x':
      return (alternate ? '0x' : '') + whole(size, 16, precision)
    case 'X':
      return (alternate ? '0X' : '') + whole(size, 16, precision).toUpperCase()
    case 'o':
      return (alternate ? '0o' : '') + whole(size, 8, precision)
    case 'f':
    case 'F':
      return size.toFixed(places)
    case 'e':
    case 'E': {
      const text = size.toExponential(places).replace(/e([+-])(\d)$/, 'e$10$2')
      return conversion === 'E' ? text.toUpperCase() : text
    }
    case 'g':
    case 'G': {
      const text = general(size, places === 0 ? 1 : places)
      return conversion === 'G' ? text.toUpperCase() : text
    }
    default:
      return whole(size, 10, precision)
  }
}

function whole(size: number, base: number, precision: number): string {
  return Math.trunc(size)
    .toString(base)
    .padStart(Math.max(0, Math.min(precision, 100)), '0')
}

function general(size: number, significant: number): string {
  if (size === 0) return '0'
  const exponent = Number(size.toExponential(Math.min(significant, 100) - 1).split('e')[1])
  if (exponent < -4 || exponent >= significant) {
    const [mantissa = '', power = ''] = size.toExponential(significant - 1).split('e')
    const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa
    return `${trimmed}e${power.replace(/^([+-])(\d)$/, '$10$2')}`
  }
  const text = size.toFixed(Math.min(100, significant - 1 - exponent))
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

function pythonRepr(value: string | number, clean: Escape): string {
  if (typeof value === 'number') return String(value)
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'"
  const body = clean(value).replaceAll('\\"', '"')
  return quote + (quote === "'" ? body.replaceAll("'", "\\'") : body) + quote
}

function padded(text: string, { left, zeros, width }: Printf, isNumber: boolean): string {
  if (text.length >= width) return text
  if (left) return text.padEnd(width)
  if (!zeros || !isNumber) return text.padStart(width)
  const sign = /^[+\- ]?(?:0[xXo])?/.exec(text)?.[0] ?? ''
  return sign + text.slice(sign.length).padStart(width - sign.length, '0')
}
