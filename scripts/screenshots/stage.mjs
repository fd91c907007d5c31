// What pictures are taken with: servers of their own, windows, and a terminal drawn as a page.

import { spawn } from 'node:child_process'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..', '..')

/** A process and what it prints, both streams in one; `printed` waits for a text. */
export function start(parameters, { cwd = root, env = {} } = {}) {
  const child = spawn(process.execPath, parameters, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (more) => {
      text += more
    })
  return {
    text: () => text,
    stop: () => child.kill(),
    printed: async (pattern) => {
      for (let tries = 0; tries < 500; tries++) {
        const match = pattern.exec(text)
        if (match !== null) return match[1]
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      throw new Error(`Waited for ${pattern}, but this was printed:\n${text}`)
    },
  }
}

const INKS = {
  light: ['#1b1f24', '#b42318', '#11693a', '#8a5a00', '#0a5dc2', '#7d3fc2', '#0e6b75', '#57606a'],
  dark: ['#16191f', '#ff8b80', '#7ee2a8', '#e3b341', '#7cb7ff', '#d2a8ff', '#76d4de', '#e4e7eb'],
}

/** Printed text as a page that looks like a terminal of that scheme. */
export function terminalPage(text, scheme) {
  const [bg, fg] = scheme === 'dark' ? ['#16191f', '#e4e7eb'] : ['#ffffff', '#1b1f24']
  return `<!doctype html><meta charset="utf-8"><body style="margin:0;background:${bg};color:${fg}"><pre style="margin:0;padding:16px 20px;font:13px/1.45 'DejaVu Sans Mono',monospace;white-space:pre-wrap">${paint(text, INKS[scheme])}</pre>`
}

function paint(text, inks) {
  const state = { bold: false, dim: false, underline: false, ink: undefined, paper: undefined }
  return text
    .replace(/\x1b\]8;[^;]*;([^\x07\x1b]*)(?:\x07|\x1b\\)/g, '')
    .split(/\x1b\[([\d;]*)m/)
    .map((part, at) => {
      if (at % 2 === 1) {
        for (const code of part.split(';')) apply(state, Number(code), inks)
        return ''
      }
      const style = [
        state.bold && 'font-weight:bold',
        state.dim && 'opacity:.6',
        state.underline && 'text-decoration:underline',
        state.ink && `color:${state.ink}`,
        state.paper && `background:${state.paper}`,
      ].filter(Boolean)
      const safe = part.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
      return `<span style="${style.join(';')}">${safe}</span>`
    })
    .join('')
}

function apply(state, code, inks) {
  if (code === 0)
    Object.assign(state, { bold: false, dim: false, underline: false, ink: undefined, paper: undefined })
  else if (code === 1) state.bold = true
  else if (code === 2) state.dim = true
  else if (code === 4) state.underline = true
  else if (code === 22) Object.assign(state, { bold: false, dim: false })
  else if (code === 24) state.underline = false
  else if (code === 39) state.ink = undefined
  else if (code === 49) state.paper = undefined
  else if (code >= 30 && code <= 37) state.ink = inks[code - 30]
  else if (code >= 90 && code <= 97) state.ink = code === 90 ? inks[7] : inks[code - 90]
  else if (code >= 40 && code <= 47) state.paper = inks[code - 40]
}
