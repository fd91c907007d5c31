/** The debugger: a page with a live console in every frame of an exception. */

export type { Debugger } from './debugger/debugger.ts'
export type { DebuggerOptions, ReportDetails, TerminalStream } from './debugger/options.ts'
export {
  createDebugger,
  type DebugErrors,
  type DebuggedHandler,
  debugErrors,
  withDebugger,
} from './debugger/with-debugger.ts'
export type { AnyHandler, Next, NodeHandler } from './http/handler.ts'
