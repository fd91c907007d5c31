/** A certificate that signs itself, for servers under test. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder with `key.pem` and `cert.pem` for `localhost`; `remove` deletes it. */
export function makeCertificate(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
  const wish = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost']
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  execFileSync('openssl', [...wish, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { folder, remove: () => rmSync(folder, { recursive: true }) }
}
