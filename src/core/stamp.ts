/**
 * A value kept on an object that is not ours, where nobody else sees it. Does what a WeakMap does, for objects that
 * come by the thousand a second: an entry of a WeakMap takes ten times as long to make, and far longer to collect.
 */

/** One kind of value, kept on any object. */
export interface Stamp<T> {
  /** Undefined for an object that was never given one. */
  get(object: object): T | undefined
  /** Works for frozen objects too; for a proxy it is kept on the proxy alone. */
  set(object: object, value: T): void
}

/** Makes the constructor of a subclass put its private fields on the object that is given. */
class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: what this class is for
    return object
  }
}

export function makeStamp<T>(): Stamp<T> {
  class Stamped extends Given {
    #value: T

    constructor(object: object, value: T) {
      super(object)
      this.#value = value
    }

    static get(object: object): T | undefined {
      return #value in object ? object.#value : undefined
    }

    static set(object: object, value: T): void {
      if (#value in object) object.#value = value
      else new Stamped(object, value)
    }
  }
  return Stamped
}
