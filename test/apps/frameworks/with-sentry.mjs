// A preload: real Sentry, whose events go to SENTRY_DSN.
import { init } from '@sentry/node'

init({ dsn: process.env.SENTRY_DSN, tracesSampleRate: 1, sendClientReports: false })
