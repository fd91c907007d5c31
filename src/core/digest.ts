/**
 * A short name for a text: the same text has the same name in every process. Not for secrets, and not against
 * somebody who wants two texts to share a name; made so that nothing has to be loaded for it.
 */

/** 16 hexadecimal digits: two 32-bit lanes of FNV-1a over UTF-16 units, mixed as MurmurHash3 ends. */
export function digest(text: string): string {
  let one = 0x811c9dc5
  let other = 0xcbf29ce4
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    one = Math.imul(one ^ unit, 0x01000193)
    other = Math.imul(other ^ unit, 0x85ebca6b)
  }
  return hex(mixed(one ^ (other >>> 13))) + hex(mixed(other ^ (one >>> 16)))
}

function mixed(lane: number): number {
  let value = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}

const hex = (lane: number): string => lane.toString(16).padStart(8, '0')
