/**
 * A log file as a target of bytes: opened for appending, opened anew when it was moved or deleted (logrotate, `rm`),
 * its folder made when missing.
 */

import { closeSync, fstatSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ByteTarget } from './line-writer.ts'

/** How a {@link FileTarget} opens its file. */
export interface FileTargetOptions {
  /** Absolute. */
  readonly path: string
  /** Permission bits of a file that is made. */
  readonly mode: number
  /** Empties the file when it is first opened. */
  readonly truncate: boolean
  /** Looks before each write whether the path still leads to the open file. */
  readonly watch: boolean
}

export class FileTarget implements ByteTarget {
  readonly #options: FileTargetOptions
  #fd: number | undefined
  #inode = 0
  #device = 0

  /** @throws the error of the file system when it cannot be opened */
  constructor(options: FileTargetOptions) {
    this.#options = options
    mkdirSync(dirname(options.path), { recursive: true })
    this.#open(options.truncate ? 'w' : 'a')
  }

  readonly write = (bytes: Buffer, start: number, end: number): number => {
    return writeSync(this.#current(), bytes, start, end - start)
  }

  /** Closes the file and opens what the path leads to now. */
  reopen(): void {
    this.close()
    this.#current()
  }

  readonly close = (): void => {
    if (this.#fd === undefined) return
    const fd = this.#fd
    this.#fd = undefined
    closeSync(fd)
  }

  #current(): number {
    if (this.#fd !== undefined && this.#options.watch && this.#isMoved()) this.close()
    if (this.#fd === undefined) {
      mkdirSync(dirname(this.#options.path), { recursive: true })
      this.#open('a')
    }
    return this.#fd ?? -1
  }

  #isMoved(): boolean {
    const now = statSync(this.#options.path, { throwIfNoEntry: false })
    return now === undefined || now.ino !== this.#inode || now.dev !== this.#device
  }

  #open(flag: 'a' | 'w'): void {
    const { path, mode } = this.#options
    // Appending even after emptying, so that several writers and copytruncate never overwrite each other.
    if (flag === 'w') closeSync(openSync(path, 'w', mode))
    const fd = openSync(path, 'a', mode)
    const { ino, dev } = fstatSync(fd)
    this.#fd = fd
    this.#inode = ino
    this.#device = dev
  }
}
