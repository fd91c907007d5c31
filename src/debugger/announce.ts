/** What the debugger prints: how to unlock, each error once, and refusals, so that a developer is never left guessing. */

import { painter, useColor } from '../core/ansi.ts'
import { escapeControls } from '../core/escape.ts'
import { asOwnOutput } from '../core/own-output.ts'
import { maskText } from '../inspect/redact.ts'
import type { HtmlOptions } from '../report/render-html.ts'
import type { TextOptions } from '../report/render-text.ts'
import type { Report } from '../report/report.ts'
import { earlierProcess } from './earlier-process.ts'
import type { Listening } from './on-listen.ts'
import type { TerminalStream } from './options.ts'
import { PREFIX, type Refusal } from './protocol.ts'
import type { Secrets } from './trust/pin.ts'

/** Draws a report as text; undefined where somebody else has shown it. */
export type Render = (report: Report, options: TextOptions) => string

/** How places in the terminal become links. */
export type EditorLinks = Pick<HtmlOptions, 'paths'> & { readonly editor: string | undefined }

export interface Announcer {
  /** At start: that it is on, and the PIN. */
  started(): void
  /** When the server listens: the link that unlocks, and who else could connect. */
  listening(listening: Listening, mount: string): void
  /** The mount has shown itself, after the server's address was told. */
  below(origin: string, mount: string): void
  /** An error, with the link to its page; the link unlocks as long as no browser was unlocked. */
  failed(report: Report, origin: string | undefined, render: Render | undefined): void
  /** A sentence about the error that was printed last. */
  noted(note: string): void
  refused(refusal: Refusal): void
  /** A browser was unlocked. */
  unlocked(): void
  evaluated(id: string, code: string): void
}

/** Refusals told in ten seconds; the rest is counted, and the number told with the next. */
const REFUSALS_PER_WINDOW = 3
const WINDOW_MS = 10_000

export function makeAnnouncer(
  terminal: TerminalStream | false,
  secrets: Secrets,
  evalex: boolean,
  { editor, paths = {} }: EditorLinks,
): Announcer {
  if (terminal === false) return SILENT
  const paint = painter(useColor(terminal))
  let wasUnlocked = false
  let window = { startedAt: Number.NEGATIVE_INFINITY, lines: 0 }
  const line = (text: string): void => {
    try {
      asOwnOutput(() => terminal.write(`${text}\n`))
    } catch {
      // A terminal that is gone is no reason to fail a request.
    }
  }
  const label = paint('cyan', 'debugger')
  const unlocking = (base: string): string => paint('underline', `${base}${PREFIX}/#unlock=${secrets.key}`)
  /** An earlier process has printed the very link. */
  const wasTold = (origin: string): boolean => {
    const { key, ports } = earlierProcess()
    return key === secrets.key && ports.includes(portOf(origin))
  }
  return {
    started() {
      if (earlierProcess().pin === secrets.pin) return
      line(
        evalex ? `${label} on; console PIN ${paint('bold', secrets.pin)}` : `${label} on, without consoles`,
      )
    },
    listening({ origin, isPublic }, mount) {
      if (wasTold(origin)) return
      if (evalex) line(`${label} ${unlocking(origin + mount)}`)
      if (isPublic)
        line(
          paint(
            'dim',
            'debugger other machines can connect, but its pages and consoles answer this one only',
          ),
        )
    },
    below(origin, mount) {
      if (evalex && !wasUnlocked && !wasTold(origin))
        line(`${label} is below ${mount}: ${unlocking(origin + mount)}`)
    },
    failed(report, origin, render) {
      const options = {
        color: useColor(terminal),
        ...(terminal.columns ? { width: terminal.columns } : {}),
        // A file or a log gets no links; a terminal that does not know them shows the text alone.
        ...(editor !== undefined && terminal.isTTY === true ? { editor, paths } : {}),
      }
      if (render !== undefined) line(render(report, options).trimEnd())
      if (origin === undefined) return
      const unlock = evalex && !wasUnlocked ? `#unlock=${secrets.key}` : ''
      line(`${label} ${paint('underline', `${origin}${PREFIX}/errors/${report.id}${unlock}`)}`)
    },
    noted(note) {
      line(`${label} ${paint('yellow', escapeControls(note))}`)
    },
    refused({ error, explanation, refused = '' }) {
      const now = performance.now()
      if (now - window.startedAt > WINDOW_MS) {
        const unsaid = window.lines - REFUSALS_PER_WINDOW
        if (unsaid > 0) line(`${label} ${paint('dim', `refused ${unsaid} more`)}`)
        window = { startedAt: now, lines: 0 }
      }
      if (window.lines++ < REFUSALS_PER_WINDOW) {
        const what = escapeControls(`${refused}: ${error}. ${explanation}`)
        line(`${label} ${paint('yellow', 'refused')} ${what}`)
        if (error === 'Locked') line(`${label} console PIN ${paint('bold', secrets.pin)}`)
      }
    },
    unlocked() {
      if (!wasUnlocked) line(`${label} a browser was unlocked`)
      wasUnlocked = true
    },
    evaluated(id, code) {
      const masked = maskText(code)
      const shown = escapeControls(masked.length > 200 ? `${masked.slice(0, 200)}…` : masked)
      line(`${label} ${paint('dim', `console of ${id.slice(0, 8)}>`)} ${shown}`)
    },
  }
}

function portOf(origin: string): number {
  const { port, protocol } = new URL(origin)
  return Number(port || (protocol === 'https:' ? 443 : 80))
}

const SILENT: Announcer = {
  started() {},
  listening() {},
  below() {},
  failed() {},
  noted() {},
  refused() {},
  unlocked() {},
  evaluated() {},
}
