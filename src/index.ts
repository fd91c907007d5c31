/** The front door: the three pieces. Each also has a door of its own, which loads nothing of the others. */

export { accessLog, withAccessLog } from './access/access-log.ts'
export { ConfigError, FormatError, isRocksolidError, RocksolidError, SinkError } from './core/errors.ts'
export { debugErrors, withDebugger } from './debugger/with-debugger.ts'
export { createLogger } from './logger/create-logger.ts'
export { fileSink } from './logger/file-sink.ts'
export { htmlSink } from './logger/html-sink.ts'
export { streamSink } from './logger/stream-sink.ts'
export { withLogging } from './logger/with-logging.ts'
