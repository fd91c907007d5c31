/** A bounded, JSON-safe picture of a value. Made by `describe`, drawn by whoever shows it. */

/** What a value is; decides colour and icon, never meaning alone. */
export type ValueType =
  | 'undefined'
  | 'null'
  | 'boolean'
  | 'number'
  | 'bigint'
  | 'string'
  | 'symbol'
  | 'function'
  | 'class'
  | 'array'
  | 'typed-array'
  | 'buffer'
  | 'map'
  | 'set'
  | 'weak'
  | 'promise'
  | 'date'
  | 'regexp'
  | 'error'
  | 'proxy'
  | 'module'
  | 'getter'
  | 'object'
  | 'cut'

/** One value. `text` alone is enough for a one-line display; `entries` open it. */
export interface Description {
  readonly type: ValueType
  /** One line, capped: `42`, `'abc'`, `User { id: 1, … }`, `[Getter]`, `[Circular]`. */
  readonly text: string
  /** Class of an object that is not a plain one: `User`, `Map`. */
  readonly className?: string
  /** Children, when it has any and the depth limit let them be read. */
  readonly entries?: readonly DescriptionEntry[]
  /** Children left out by the width limit. */
  readonly more?: number
  /** True when it has children that the depth limit kept out, or is a string that was cut. */
  readonly deeper?: boolean
}

/** One child of a described value. */
export interface DescriptionEntry {
  /** As shown: `name`, `0`, `Symbol(tag)`, `'map key'`, `[[Prototype]]`. */
  readonly key: string
  readonly kind: 'property' | 'index' | 'symbol' | 'map' | 'set' | 'internal'
  readonly value: Description
}
