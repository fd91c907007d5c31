/**
 * Single keys for the terminal, as long as the application does not read it itself: then it is the application's
 * until its process is replaced.
 */

export type KeyAction = () => void

/** The actions by their key. */
export type KeyTable = Readonly<Record<string, KeyAction>>

export interface Keys {
  /** Reads keys again, after {@link Keys.rest}. */
  listen(): void
  /** Leaves the terminal to the application. */
  rest(): void
  /** Leaves it to another program until what this gives back is called. */
  lend(): () => void
  /** Leaves the terminal as it was found, for good. */
  close(): void
}

const CTRL_C = '\x03'
const CTRL_Z = '\x1a'

const NO_KEYS: Keys = { listen() {}, rest() {}, lend: () => () => {}, close() {} }

/** The keys of a terminal; does nothing where standard input is none. */
export function readKeys(table: KeyTable, onInterrupt: KeyAction, stdin = process.stdin): Keys {
  if (!stdin.isTTY || typeof stdin.setRawMode !== 'function') return NO_KEYS
  let isListening = false
  let isClosed = false
  let isLent = false
  const onData = (data: Buffer): void => {
    for (const key of data.toString('latin1')) {
      if (key === CTRL_C) onInterrupt()
      else if (key === CTRL_Z) suspend()
      else table[key.toLowerCase()]?.()
    }
  }
  const listen = (): void => {
    if (isListening || isClosed || isLent) return
    isListening = true
    stdin.setRawMode(true)
    stdin.on('data', onData)
    stdin.resume()
  }
  const rest = (): void => {
    if (!isListening) return
    isListening = false
    stdin.off('data', onData)
    stdin.pause()
    try {
      stdin.setRawMode(false)
    } catch {
      // The terminal is gone.
    }
  }
  const suspend = (): void => {
    rest()
    process.once('SIGCONT', listen)
    process.kill(0, 'SIGTSTP')
  }
  process.once('exit', rest)
  listen()
  return {
    listen,
    rest,
    lend() {
      rest()
      isLent = true
      return () => {
        isLent = false
        listen()
      }
    },
    close() {
      isClosed = true
      rest()
      process.off('exit', rest)
      process.off('SIGCONT', listen)
    },
  }
}
