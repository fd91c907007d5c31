/** Nest, on Express or Fastify: a global middleware and a global filter, set by one call before the server listens. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ArgumentsHost, ExceptionFilter, HttpServer, INestApplication } from '@nestjs/common'
import { type AdapterOptions, openAdapter } from './adapter.ts'

/** An answer that the application asks for by throwing it. */
interface HttpExceptionLike {
  getStatus(): number
  getResponse(): unknown
}

/**
 * Access log, debugger and request logger for Nest: `rocksolid(app, { debugger: createDebugger() })` before
 * `app.listen()`. Filters of controllers and methods come first, as always.
 * @throws {ConfigError} for a wrong option
 */
export function rocksolid(app: INestApplication, options?: AdapterOptions): void {
  const adapter = openAdapter('nest', options)
  app.use(function rocksolidNest(req: RawHolder, res: RawHolder, next: () => void): void {
    adapter.run(rawOf<IncomingMessage>(req), rawOf<ServerResponse>(res), next)
  })
  const filter: ExceptionFilter = {
    catch(exception: unknown, host: ArgumentsHost) {
      const http = host.switchToHttp()
      const [req, res] = [http.getRequest<RawHolder>(), http.getResponse<RawHolder>()]
      const isAnswer = isHttpException(exception) && exception.getStatus() < 500
      const failing = isAnswer
        ? false
        : adapter.fail(exception, rawOf<IncomingMessage>(req), rawOf<ServerResponse>(res))
      if (failing === false) answerAsNest(exception, res, app.getHttpAdapter())
    },
  }
  app.useGlobalFilters(filter)
}

/** Fastify's requests and replies hold Node's own. */
interface RawHolder {
  readonly raw?: unknown
}

function rawOf<T>(holder: RawHolder): T {
  return (holder.raw ?? holder) as T
}

function isHttpException(exception: unknown): exception is HttpExceptionLike {
  return (
    typeof exception === 'object' &&
    exception !== null &&
    typeof (exception as Partial<HttpExceptionLike>).getStatus === 'function' &&
    typeof (exception as Partial<HttpExceptionLike>).getResponse === 'function'
  )
}

/** What Nest's own filter answers. */
function answerAsNest(exception: unknown, res: unknown, http: HttpServer): void {
  if (http.isHeadersSent(res)) {
    http.end(res)
    return
  }
  const status = isHttpException(exception) ? exception.getStatus() : 500
  const response = isHttpException(exception) ? exception.getResponse() : 'Internal server error'
  const body =
    typeof response === 'object' && response !== null ? response : { statusCode: status, message: response }
  http.reply(res, body, status)
}
