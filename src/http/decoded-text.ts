/** The text of a body that middleware may have compressed: of an answer to an error, which is short. */

import { brotliDecompressSync, unzipSync } from 'node:zlib'

/** Bytes that a body may have when it is decompressed; more is no error answer that a framework makes by itself. */
const MAX_DECODED = 256 * 1024

/**
 * The body as text.
 * @param encoding the header `Content-Encoding`
 * @throws where the body is not what its header says, or too large
 */
export function decodedText(body: Uint8Array, encoding: unknown): string {
  const limit = { maxOutputLength: MAX_DECODED }
  switch (String(encoding ?? '').toLowerCase()) {
    case 'gzip':
    case 'deflate':
      return unzipSync(body, limit).toString('utf8')
    case 'br':
      return brotliDecompressSync(body, limit).toString('utf8')
    default:
      return Buffer.from(body).toString('utf8')
  }
}
