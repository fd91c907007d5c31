import { describe, expect, it } from 'vitest'
import { isSecretName, MASK, maskText, maskTokens } from '../../src/inspect/redact.ts'
import { cpuMs } from '../support/growth.ts'

describe('isSecretName', () => {
  it.each(
    'password userPassword PASSWORD db_password pass passwd pwd secret clientSecret token accessToken csrf-token cookie Set-Cookie authorization proxy-authorization x-api-key apiKey API_KEY STRIPE_KEY privateKey session sessionId sid signature jwt dsn credentials ssn cvv pin otp AWS_SECRET_ACCESS_KEY connectionString ROCKSOLID_PIN PGPASSWORD PHPSESSID JSESSIONID totpCode iban passcode x-rocksolid-proof x-rocksolid-token'.split(
      ' ',
    ),
  )('takes %s for a secret', (name) => {
    expect(isSecretName(name)).toBe(true)
  })

  it.each(
    'author authors keyboard monkey key keys primaryKey foreign_key cacheKey publicKey passenger compass tokenizer pinned spinner secretary name id email signatureless cookiecutter'.split(
      ' ',
    ),
  )('does not take %s for a secret', (name) => {
    expect(isSecretName(name)).toBe(false)
  })
})

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'
const PEM = `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEow\n'.repeat(5)}-----END RSA PRIVATE KEY-----`

describe('maskText', () => {
  it.each([
    ['a JSON web token', `token was ${JWT} today`, `token was ${MASK} today`],
    ['a key of a payment service', 'sk_live_4eC39HqLyjWDarjtT1zdp7dc', MASK],
    ['a GitHub token', 'using ghp_16C7e42F292c6912E7710c838347Ae178B4a', `using ${MASK}`],
    ['a key of a mail service', 'SG.ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf-09kq', MASK],
    ['an AWS key', 'AKIAIOSFODNN7EXAMPLE', MASK],
    ['a Slack token', 'xoxb-123456789012-abcdefghij', MASK],
    ['a private key', `before ${PEM} after`, `before ${MASK} after`],
    ['a private key that was cut off', `before ${PEM.slice(0, 60)}`, `before ${MASK}`],
    ['a password in a URL', 'postgres://ann:hunter2@db:5432/x', `postgres://ann:${MASK}@db:5432/x`],
    ['a password with an at sign', 'redis://:p@ss@host', `redis://:${MASK}@host`],
    ['bearer credentials', 'sent Bearer abc123DEF456 to x', `sent Bearer ${MASK} to x`],
    ['basic credentials', 'Basic dXNlcjpwYXNz', `Basic ${MASK}`],
    ['a query parameter', '/x?a=1&access_token=abc&b=2', `/x?a=1&access_token=${MASK}&b=2`],
    ['a secret in an address within an address', '/in?to=%2Fa%3Ftoken%3Dabc&b=%20c', `/in?to=${MASK}&b=%20c`],
    ['an API key in a query', '/maps?key=abcdef', `/maps?key=${MASK}`],
    ['a connection string', 'Server=x;Password=hunter2;', `Server=x;Password=${MASK};`],
    ['a member of JSON', '{"password":"hunter2","a":"b"}', `{"password":"${MASK}","a":"b"}`],
    ['a header line', 'Cookie: a=b; c=d\nHost: x', `Cookie: ${MASK}\nHost: x`],
    ['an object as Node prints it', "{ password: 'hunter2', a: 'b' }", `{ password: '${MASK}', a: 'b' }`],
    [
      'the address of a webhook',
      'to https://hooks.slack.com/services/T0/B0/abcdefghij',
      `to https://hooks.slack.com/services/${MASK}`,
    ],
    [
      'a link that unlocks',
      'open http://localhost:1/__rocksolid/#unlock=VLbtEl-khr-7OITOGIUCHg',
      `open http://localhost:1/__rocksolid/#unlock=${MASK}`,
    ],
    ['a key of a cloud', 'dop_v1_0123456789abcdef0123456789abcdef', MASK],
    ['a key of a model hub', 'hf_abcdefghijklmnopqrst', MASK],
    ['a card number', 'card 4242 4242 4242 4242 refused', `card ${MASK} refused`],
  ])('masks %s, and the masked text once more to the same', (_name, text, expected) => {
    expect(maskText(text)).toBe(expected)
    expect(maskText(expected)).toBe(expected)
  })

  it.each([
    'Unexpected token \'<\', "<!DOCTYPE "... is not valid JSON',
    'Invalid token: expected a word',
    'Basic authentication is required',
    'Bearer authentication failed',
    'exit code=1 state=done',
    'https://example.com/a?b=c#d',
    'at 1700000000000 in /srv/app/node_modules/some-very-long-package-name/index.js',
    '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----',
    'order 1234567890123456',
    '',
  ])('leaves %s alone', (text) => {
    expect(maskText(text)).toBe(text)
  })

  it.each([
    ['eyJ', 'eyJ-'.repeat(250_000)],
    ['dots', 'eyJ.'.repeat(250_000)],
    ['schemes', '://a'.repeat(250_000)],
    ['users', '://a:b'.repeat(150_000)],
    ['pairs', 'a=b&'.repeat(250_000)],
    ['names', '?'.repeat(1_000_000)],
    ['quotes', '"'.repeat(1_000_000)],
    ['members', '"a":"'.repeat(200_000)],
    ['private keys that never end', '-----BEGIN PRIVATE KEY-----\n'.repeat(30_000)],
    ['keys of other kinds', '-----BEGIN X-----'.repeat(50_000)],
    ['blanks', ' '.repeat(1_000_000)],
    ['digits', '4 '.repeat(500_000)],
    ['bearers', 'Bearer '.repeat(150_000)],
  ])('takes linear time for a megabyte of %s', async (_name, text) => {
    expect(await cpuMs(() => maskText(text))).toBeLessThan(8000)
  })
})

describe('maskTokens', () => {
  it('leaves code as it is written, but for keys in it', () => {
    const code =
      "const token = next(); call({ password: 'x' }); const key = 'sk_live_4eC39HqLyjWDarjtT1zdp7dc'"
    expect(maskTokens(code)).toBe(`const token = next(); call({ password: 'x' }); const key = '${MASK}'`)
  })
})
