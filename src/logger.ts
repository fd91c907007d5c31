/** The logger: records to many sinks at once, and a wrapper that logs what a server's handler throws and prints. */

export { LEVELS, type Level as LevelName } from './core/levels.ts'
export { captureConsole, loggerSink, pinoDestination, winstonTransport } from './logger/bridges.ts'
export { addContext, currentContext, withContext } from './logger/context.ts'
export { createLogger, type LoggerOptions, type SinkChoice } from './logger/create-logger.ts'
export type { BatchOptions, SpoolOptions } from './logger/delivery-options.ts'
export { type EmailSinkOptions, emailSink } from './logger/email-sink.ts'
export { type FileSink, type FileSinkOptions, fileSink } from './logger/file-sink.ts'
export { type FingersCrossedOptions, fingersCrossed } from './logger/fingers-crossed.ts'
export type { FormatChoice } from './logger/formats.ts'
export { type HtmlSinkOptions, htmlSink } from './logger/html-sink.ts'
export {
  type HttpBatchOptions,
  type HttpSinkOptions,
  httpSink,
  type LokiSinkOptions,
  lokiSink,
  type OtlpSinkOptions,
  otlpSink,
} from './logger/http-sink.ts'
export { type JournaldSinkOptions, journaldSink } from './logger/journald-sink.ts'
export { type JsonFormatOptions, jsonFormat } from './logger/json-format.ts'
export { lazy } from './logger/lazy.ts'
export type { Overflow } from './logger/line-writer.ts'
export type { LogMethod } from './logger/log-call.ts'
export { logfmtFormat } from './logger/logfmt-format.ts'
export type { Logger, LoggerBase } from './logger/logger.ts'
export type { ErrorApp, LoggingOptions } from './logger/logging-options.ts'
export type { MailServer, MailTransporter } from './logger/mail-delivery.ts'
export { type MemorySink, type MemorySinkOptions, memorySink } from './logger/memory-sink.ts'
export { type PrettyFormatOptions, prettyFormat } from './logger/pretty-format.ts'
export type { RateLimit, Sample } from './logger/rate-gate.ts'
export type { Format, LogRecord } from './logger/record.ts'
export type { Fields } from './logger/record-origin.ts'
export type { RedactOptions } from './logger/redactor.ts'
export type { Retention, Rotation } from './logger/schedule.ts'
export type { Sink, SinkTrouble, TroubleListener } from './logger/sink.ts'
export { type StreamSinkOptions, streamSink } from './logger/stream-sink.ts'
export { type SyslogSinkOptions, syslogSink } from './logger/syslog-sink.ts'
export { textFormat } from './logger/text-format.ts'
export { type LoggingHandler, withLogging } from './logger/with-logging.ts'
