import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import https from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { handler } from './http.mjs'
import * as work from './work.mjs'

const folder = mkdtempSync(join(tmpdir(), 'rocksolid-tls-'))
const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
const subject = '/CN=localhost'
const request = [
  'req',
  '-x509',
  '-newkey',
  'ec',
  '-pkeyopt',
  'ec_paramgen_curve:prime256v1',
  '-nodes',
  '-days',
  '2',
]
execFileSync('openssl', [...request, '-subj', subject, '-keyout', keyFile, '-out', certFile], {
  stdio: 'ignore',
})
const [key, cert] = [readFileSync(keyFile), readFileSync(certFile)]
rmSync(folder, { recursive: true })

https.createServer({ key, cert }, handler).listen(Number(process.env.PORT), 'localhost', function () {
  work.ready(this)
})
