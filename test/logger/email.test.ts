import { readdirSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { createLogger, type EmailSinkOptions, emailSink, type SinkTrouble } from '../../src/logger.ts'
import { runChild } from './child.ts'
import { decoded, type SmtpServer, startSmtp } from './smtp-server.ts'
import { temporaryFolder } from './temporary.ts'

const at = temporaryFolder()
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function mailing(options: Partial<EmailSinkOptions> = {}) {
  const smtp = await startSmtp()
  const troubles: SinkTrouble[] = []
  const sink = emailSink({
    to: ['ops@example.com', 'dev@example.com'],
    from: 'shop@example.com',
    server: `smtp://127.0.0.1:${smtp.port}`,
    subject: '[shop] ',
    firstMs: 30,
    intervalMs: 400,
    ...options,
  })
  const log = createLogger({ uncaught: false, sinks: [sink], onTrouble: (trouble) => troubles.push(trouble) })
  closing.push(() => log.close(), smtp.stop)
  return { smtp, log, troubles }
}

const until = async (condition: () => boolean): Promise<void> => {
  const deadline = Date.now() + 20_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const failing = (message: string): Error => new Error(message)
const subjects = (smtp: SmtpServer): (string | undefined)[] =>
  smtp.mails.map((mail) => /^Subject: (.*)$/m.exec(mail)?.[1]?.trim())

describe('errors by mail', () => {
  it('the first comes soon, with its text, its causes and its page attached; nothing below the level comes', async () => {
    const { smtp, log } = await mailing()
    log.warn(['only', 'a', 'warning'].join(' '))
    log.error(new Error('payment failed', { cause: new TypeError('no card') }), 'order 17')
    await until(() => smtp.mails.length === 1)
    const mail = decoded(smtp.mails[0] ?? '')
    expect(subjects(smtp)).toEqual(['[shop] order 17'])
    expect(mail).toMatch(/^From: shop@example\.com\r?$/m)
    expect(mail).toMatch(/^To: ops@example\.com, dev@example\.com\r?$/m)
    expect(mail).toMatch(/ERROR order 17\r?\n {4}Error: payment failed\r?\n {8}at /)
    expect(mail).toContain('Caused by: TypeError: no card')
    expect(mail).toContain('filename=error-1.html')
    expect(mail).toMatch(/<!doctype html>[\s\S]*no card/i)
    expect(mail).not.toContain('only a warning')
  })

  it('no message adds a header: its subject is one line without controls, whatever sends it', async () => {
    const sent: { subject: string }[] = []
    const server = { sendMail: async (mail: { subject: string }) => void sent.push(mail) }
    const { log } = await mailing({ server })
    log.error('a\rBcc: all@example.com\0\x1b[2Jb')
    await until(() => sent.length === 1)
    expect(sent[0]?.subject).toBe('[shop] a Bcc: all@example.com [2Jb')
  })

  it('a flood is one mail now and one after the interval, equal errors counted, none lost; then quiet makes it quick again', async () => {
    const { smtp, log } = await mailing({ maxKinds: 2, attach: false, intervalMs: 1500 })
    const started = performance.now()
    for (let n = 0; n < 100; n++) log.error(failing(`flood ${n}`))
    await until(() => smtp.mails.length === 1)
    for (let n = 0; n < 50; n++) log.error(failing('second flood'))
    log.error('another kind')
    log.error('a third kind')
    await until(() => smtp.mails.length === 2)
    expect(performance.now() - started).toBeGreaterThan(1500)
    expect(subjects(smtp)).toEqual(['[shop] flood 0 (and 99 more)', '[shop] second flood (and 51 more)'])
    expect(decoded(smtp.mails[1] ?? '')).toMatch(
      /50 times, the first:[\s\S]*another kind[\s\S]*1 errors of further kinds are not shown/,
    )
    await new Promise((resolve) => setTimeout(resolve, 1600))
    const quiet = performance.now()
    log.error('after quiet')
    await until(() => smtp.mails.length === 3)
    expect(performance.now() - quiet).toBeLessThan(1400)
  })

  it('a message cannot add headers', async () => {
    const { smtp, log } = await mailing({ attach: false })
    log.error('x\r\nBcc: victim@example.com\r\n\r\nbody')
    log.error(`second ${'y'.repeat(1000)}`)
    await log.flush()
    const [headers = ''] = (smtp.mails[0] ?? '').split('\r\n\r\n')
    expect(headers).not.toMatch(/^Bcc/m)
  })

  it('a server that is away and comes back gets every mail; one that refuses for good is told of', async () => {
    const { smtp, log, troubles } = await mailing({ attach: false, intervalMs: 0 })
    await smtp.stop()
    log.error('while away')
    await until(() => troubles.length === 1)
    const back = await startSmtp(smtp.port)
    closing.push(back.stop)
    await until(() => back.mails.length === 1 && troubles.length === 2)
    expect(troubles.map(({ kind, lost }) => [kind, lost])).toEqual([
      ['temporary', 0],
      ['recovered', 0],
    ])
    back.answer = '550 never'
    log.error('refused')
    await log.flush()
    expect(troubles.at(-1)).toMatchObject({
      kind: 'permanent',
      lost: 1,
      message: expect.stringContaining('550'),
    })
  })

  it('one that a server does not take just now is sent again', async () => {
    const { smtp, log, troubles } = await mailing({ attach: false })
    smtp.answer = '450 busy'
    log.error('greylisted')
    await until(() => troubles.length === 1)
    smtp.answer = '250 ok'
    await until(() => smtp.mails.length === 1)
    expect(troubles[0]).toMatchObject({ kind: 'temporary', lost: 0, message: expect.stringContaining('450') })
  })

  it('of a process that dies are delivered by the next one', async () => {
    const smtp = await startSmtp()
    closing.push(smtp.stop)
    const program = (end: string): string =>
      `const log = rocksolid.createLogger({ sinks: [rocksolid.emailSink({ to: 'a@example.com', server: 'smtp://127.0.0.1:' + args[0], spool: args[1] })] }); ${end}`
    const args = [String(smtp.port), at('spool')]
    await runChild(program(`setTimeout(() => { throw new Error('dying words') }, 10)`), { args })
    expect(smtp.mails).toHaveLength(0)
    expect(readdirSync(at('spool'))).toHaveLength(1)
    await runChild(program('await log.flush()'), { args })
    expect(decoded(smtp.mails[0] ?? '')).toMatch(/Uncaught exception[\s\S]*dying words/)
    expect(readdirSync(at('spool'))).toEqual([])
  })

  it('goes through a transporter of the application’s own', async () => {
    const sent: { subject: string }[] = []
    const server = { sendMail: async (mail: { subject: string }) => void sent.push(mail) }
    const log = createLogger({ uncaught: false, sinks: [emailSink({ to: 'a@b.c', server, attach: false })] })
    log.error('by hand')
    await log.close()
    expect(sent.map(({ subject }) => subject)).toEqual([expect.stringContaining('by hand')])
  })

  it.each([
    [{}, /option "to" is undefined/],
    [{ to: 'nobody' }, /option "to" is "nobody"\. Allowed: an address/],
    [{ to: 'a@b\r\nBcc: c@d' }, /option "to"/],
    [{ to: 'a@b.c', intervall: 1 }, /Did you mean "intervalMs"\?/],
  ])('%j is refused at start', (options, message) => {
    expect(() => emailSink(options as unknown as EmailSinkOptions)).toThrow(message)
  })
})
