/** Delivers mails by nodemailer, loaded when the first one is sent. */

import { type Deliver, DeliveryError } from './batch-queue.ts'
import { read } from './error-facts.ts'

/** One mail, as nodemailer takes it. */
export interface Mail {
  readonly to: string
  readonly from: string
  readonly subject: string
  readonly text: string
  readonly attachments: readonly {
    readonly filename: string
    readonly content: string
    readonly contentType: string
  }[]
}

/** A transporter made by nodemailer. */
export interface MailTransporter {
  sendMail(mail: Mail): Promise<unknown>
  close?(): void
}

/** An SMTP URL, options of `nodemailer.createTransport`, or a transporter. */
export type MailServer = string | MailTransporter | Readonly<Record<string, unknown>>

/** Milliseconds for the steps of an SMTP conversation. */
const TIMEOUTS = { connectionTimeout: 20_000, greetingTimeout: 20_000, socketTimeout: 40_000 }

/** A {@link Deliver} of mails, each an item of JSON. */
export function mailDelivery(server: MailServer): { readonly deliver: Deliver; readonly close: () => void } {
  let transporter: MailTransporter | undefined
  return {
    async deliver(items) {
      transporter ??= isTransporter(server) ? server : await transporterFor(server)
      for (const item of items) {
        try {
          await transporter.sendMail(JSON.parse(item) as Mail)
        } catch (error) {
          throw failureOf(error)
        }
      }
    },
    close: () => {
      if (transporter !== undefined && transporter !== server) transporter.close?.()
    },
  }
}

function isTransporter(server: MailServer): server is MailTransporter {
  return typeof server === 'object' && typeof (server as { sendMail?: unknown }).sendMail === 'function'
}

interface Nodemailer {
  createTransport(options: object): MailTransporter
}

/** A name that bundlers do not follow: the package is there only for those who send mail. */
const PACKAGE: string = 'nodemailer'

async function transporterFor(
  server: string | Readonly<Record<string, unknown>> | MailTransporter,
): Promise<MailTransporter> {
  let nodemailer: Nodemailer
  try {
    const loaded = (await import(PACKAGE)) as Nodemailer & { default?: Nodemailer }
    nodemailer = loaded.default ?? loaded
  } catch {
    throw new DeliveryError('the package nodemailer is not installed; run: npm install nodemailer', 'never')
  }
  return nodemailer.createTransport(
    typeof server === 'string' ? { ...TIMEOUTS, url: server } : { ...TIMEOUTS, ...server },
  )
}

/** SMTP's answers of class 5 are final, all else may pass. RFC 5321, 4.2.1. */
function failureOf(error: unknown): DeliveryError {
  const code = typeof error === 'object' && error !== null ? read(error, 'responseCode') : undefined
  const message = typeof error === 'object' && error !== null ? read(error, 'message') : error
  const isFinal = typeof code === 'number' && code >= 500 && code <= 599
  return new DeliveryError(String(message), isFinal ? 'never' : 'again')
}
