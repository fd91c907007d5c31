/** A real Chromium, found or installed by scripts/ensure-chromium.mjs before the tests. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const POINTER = join(import.meta.dirname, '..', '..', '.artifacts', 'chromium-path')

/** Starts the browser with further arguments; the caller closes it. */
export function openBrowser(...args: readonly string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: readFileSync(POINTER, 'utf8'),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...args,
    ],
  })
}
