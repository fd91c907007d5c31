/** Nest, on Express or Fastify: a global middleware and a global filter, set by one call before the server listens. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ArgumentsHost, ExceptionFilter, INestApplication } from '@nestjs/common'
import { type Check, checkArgument } from '../core/options.ts'
import type { Logger } from '../logger/logger.ts'
import { type Adapter, type AdapterOptions, openAdapter } from './adapter.ts'
import { answerAsNest, isNestAnswer } from './nest-answer.ts'

declare global {
  namespace Express {
    interface Request {
      /** Logs with the id, method and URL of the request; there with the option `log`. */
      log: Logger
    }
  }
}

/**
 * Access log, debugger and request logger for Nest: `rocksolid(app, { debugger: createDebugger() })` before
 * `app.listen()`. Filters of controllers and methods come first, as always.
 * @throws {ConfigError} for something that is no application, or a wrong option
 */
export function rocksolid(app: INestApplication, options?: AdapterOptions): void {
  checkArgument('nest', 'the application', app, isApplication)
  const adapter = openAdapter('nest', options)
  app.use(function rocksolidNest(req: RawHolder, res: RawHolder, next: () => void): void {
    adapter.run(rawOf<IncomingMessage>(req), rawOf<ServerResponse>(res), next)
  })
  giveFastifyLogs(app, adapter)
  const filter: ExceptionFilter = {
    catch(exception: unknown, host: ArgumentsHost) {
      const http = host.switchToHttp()
      const req = rawOf<IncomingMessage>(http.getRequest<RawHolder>())
      const res = http.getResponse<RawHolder>()
      const failing = isNestAnswer(exception)
        ? false
        : adapter.fail(exception, req, rawOf<ServerResponse>(res))
      if (failing === false) answerAsNest(app, exception, res, adapter.logOf(req) !== undefined)
    },
  }
  app.useGlobalFilters(filter)
}

const isApplication: Check = (value) =>
  typeof (value as Partial<INestApplication> | null | undefined)?.useGlobalFilters === 'function'
    ? undefined
    : 'what NestFactory.create gave'

/** Fastify's requests and replies hold Node's own. */
interface RawHolder {
  readonly raw?: unknown
}

function rawOf<T>(holder: RawHolder): T {
  return (holder.raw ?? holder) as T
}

interface FastifyLike {
  addHook(
    name: 'preValidation',
    hook: (
      request: { readonly raw: IncomingMessage; log: unknown },
      reply: unknown,
      done: () => void,
    ) => void,
  ): void
}

/** What a handler on Fastify takes for its request is not the object that middleware gets. */
function giveFastifyLogs(app: INestApplication, adapter: Adapter): void {
  const http = app.getHttpAdapter()
  if (http.getType() !== 'fastify') return
  const instance: FastifyLike = http.getInstance()
  instance.addHook('preValidation', function rocksolidLog(request, _reply, done) {
    const log = adapter.logOf(request.raw)
    if (log !== undefined) request.log = log
    done()
  })
}
